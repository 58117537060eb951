import type { Statement } from '@semel/idempotency';
import { bucketOf } from '../bucket.js';
import type { StoredHeaders } from '../stored-headers.js';

/** A message that was a message before: its headers are its own, and nothing is added to them. */
export interface OutgoingRecord {
  readonly topic: string;
  /** 1 to 255 bytes of UTF-8 without NUL: what consumers take. */
  readonly key: string;
  readonly headers: StoredHeaders;
  readonly payload: Buffer;
}

/**
 * Appends messages as they once were, in the order given: they are published if the transaction commits, in order per key. For what
 * is sent on; events of one's own are appended by `Outbox`.
 */
export function appendRecords(records: readonly OutgoingRecord[]): Statement<never> {
  return {
    text: `
      INSERT INTO outbox (topic, key, bucket, headers, payload)
      SELECT record.topic, record.key, record.bucket, record.headers::json, record.payload
      FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::bytea[])
           WITH ORDINALITY AS record (topic, key, bucket, headers, payload, ordinality)
      ORDER BY record.ordinality`,
    values: [
      records.map(({ topic }) => topic),
      records.map(({ key }) => key),
      records.map(({ key }) => bucketOf(key)),
      records.map(({ headers }) => JSON.stringify(headers)),
      records.map(({ payload }) => payload),
    ],
  };
}
