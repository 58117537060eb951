import type { Statement } from '@semel/idempotency';
import { buckets } from '../bucket.js';

export interface OutboxStats {
  /** Rows that wait for the broker's acknowledgement, those behind a set-aside event of their key included; at most 100,000 are counted. */
  readonly pending: number;
  /** Seconds since the oldest of them was appended; 0 where there is none. */
  readonly oldestPendingSeconds: number;
  /** Rows that were set aside with a reason; at most 100,000 are counted. */
  readonly setAside: number;
}

/** Cheap also over a long backlog: the counts stop at a bound and the oldest row is one index probe a bucket. */
export function outboxStats(): Statement<OutboxStats> {
  return {
    name: 'outbox-stats',
    text: `
      SELECT
        (SELECT count(*)::int FROM (
          SELECT FROM outbox WHERE published_at IS NULL AND set_aside_at IS NULL LIMIT 100000) AS pending) AS "pending",
        coalesce((
          SELECT greatest(0, extract(epoch FROM clock_timestamp() - min(head.created_at)))::float8
          FROM generate_series(0, $1::int - 1) AS every (bucket)
          CROSS JOIN LATERAL (
            SELECT o.created_at FROM outbox AS o
            WHERE o.bucket BETWEEN every.bucket AND every.bucket AND o.published_at IS NULL AND o.set_aside_at IS NULL
            ORDER BY o.bucket, o.id LIMIT 1) AS head), 0) AS "oldestPendingSeconds",
        (SELECT count(*)::int FROM (
          SELECT FROM outbox WHERE set_aside_at IS NOT NULL AND published_at IS NULL LIMIT 100000) AS aside) AS "setAside"`,
    values: [buckets],
  };
}
