import type { Statement } from '@semel/idempotency';
import type { StoredHeaders } from '../stored-headers.js';

/** A row that waits to be published. */
export interface PendingRow {
  /** bigint, as text */
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly bucket: number;
  readonly headers: StoredHeaders;
  /** Null where the event is larger than what the relay takes into memory. */
  readonly payload: Buffer | null;
  /** Of key, headers and payload. */
  readonly bytes: number;
  /** How many rows there were before the budget of bytes cut the page. */
  readonly candidates: number;
}

export interface PageBounds {
  readonly buckets: readonly number[];
  /** Topics and keys with an event in flight, side by side. */
  readonly busyTopics: readonly string[];
  readonly busyKeys: readonly string[];
  readonly rows: number;
  readonly rowsOfBucket: number;
  /** The page ends with the first row that reaches this sum. */
  readonly bytes: number;
  readonly largestEvent: number;
}

/**
 * The next rows to send, oldest first, of the buckets given. There is no cursor: an earlier id may commit later, and
 * `id > last` would lose it for good. Rows of a key with an event in flight are left out, which covers the rows that
 * are in flight themselves; so are rows of a key with an event that was set aside.
 * `NOT IN` on purpose: both lists become hash tables that are built once a page, not once a bucket.
 * `BETWEEN` and the order by bucket leave outbox_pending as the only index that fits: with `=`, statistics of a moment
 * when one bucket was full made the planner walk the primary key, the whole history, once a bucket [500 ms a page
 * instead of 5].
 * octet_length() reads no toasted value, so only payloads within the budget of bytes are ever fetched.
 */
export function readPage(page: PageBounds): Statement<PendingRow> {
  return {
    name: 'outbox-read-page',
    text: `
      SELECT page.id, page.topic, page.key, page.bucket, page.headers, page.bytes, page.candidates,
             CASE WHEN page.bytes <= $7 THEN page.payload END AS payload
      FROM (
        SELECT oldest.*,
               count(*) OVER ()::int AS candidates,
               sum(oldest.bytes) OVER (ORDER BY oldest.id) - oldest.bytes AS bytes_before
        FROM (
          SELECT pending.*
          FROM unnest($1::int[]) AS owned (bucket)
          CROSS JOIN LATERAL (
            SELECT o.id, o.topic, o.key, o.bucket, o.headers, o.payload,
                   octet_length(o.payload) + octet_length(o.headers::text) + octet_length(o.key) AS bytes
            FROM outbox AS o
            WHERE o.bucket BETWEEN owned.bucket AND owned.bucket AND o.published_at IS NULL AND o.set_aside_at IS NULL
              AND (o.topic, o.key) NOT IN (
                SELECT busy.topic, busy.key FROM unnest($2::text[], $3::text[]) AS busy (topic, key))
              AND (o.topic, o.key) NOT IN (
                SELECT aside.topic, aside.key FROM outbox AS aside
                WHERE aside.set_aside_at IS NOT NULL AND aside.published_at IS NULL)
            ORDER BY o.bucket, o.id
            LIMIT $5
          ) AS pending
          ORDER BY pending.id
          LIMIT $4
        ) AS oldest
      ) AS page
      WHERE page.bytes_before < $6
      ORDER BY page.id`,
    values: [
      page.buckets,
      page.busyTopics,
      page.busyKeys,
      page.rows,
      page.rowsOfBucket,
      page.bytes,
      page.largestEvent,
    ],
  };
}
