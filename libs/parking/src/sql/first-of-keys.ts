import type { Statement } from '@semel/idempotency';

export interface FirstRow {
  readonly key: string;
  readonly at_partition: number;
  /** A bigint, as text. */
  readonly at_offset: string;
}

/** Of those keys that are parked, the message that was parked first. */
export function firstOfKeys(consumer: string, topic: string, keys: readonly string[]): Statement<FirstRow> {
  return {
    text: `
      SELECT DISTINCT ON (key) key, at_partition, at_offset FROM parked_message
      WHERE consumer = $1 AND topic = $2 AND key = ANY ($3::text[])
      ORDER BY key, id`,
    values: [consumer, topic, keys],
  };
}
