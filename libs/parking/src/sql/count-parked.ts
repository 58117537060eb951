import type { Statement } from '@semel/idempotency';

export interface ParkedCounts {
  readonly messages: readonly {
    readonly topic: string;
    readonly reason: string;
    readonly messages: number;
  }[];
  readonly keys: readonly { readonly topic: string; readonly keys: number }[];
}

/** What waits for an operator, by topic and reason, and the keys that are parked whole. Both counts stop at a bound, so a scrape stays cheap. */
export function countParked(): Statement<ParkedCounts> {
  return {
    text: `
      SELECT
        (SELECT coalesce(json_agg(counted), '[]') FROM (
          SELECT topic, reason, count(*)::int AS messages
          FROM (SELECT topic, reason FROM parking_entry WHERE state = 'parked' LIMIT 100000) AS parked
          GROUP BY topic, reason ORDER BY topic, reason) AS counted) AS messages,
        (SELECT coalesce(json_agg(counted), '[]') FROM (
          SELECT topic, count(*)::int AS keys FROM (
            SELECT DISTINCT topic, consumer, key
            FROM (SELECT topic, consumer, key FROM parked_message LIMIT 100000) AS parked) AS parked_keys
          GROUP BY topic ORDER BY topic) AS counted) AS keys`,
  };
}
