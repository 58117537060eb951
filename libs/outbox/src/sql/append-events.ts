import type { Statement } from '@semel/idempotency';
import type { EventRow } from '../event.js';

/**
 * Every event of an operation, or of a whole group of them, in one INSERT. The identity is drawn after the sort, and
 * the sort names the function's own ordinality: unsorted, 485 events of one key came out in the wrong order.
 * `json`, not `jsonb`: it keeps the text as it is written here.
 */
export function appendEvents(source: string, rows: readonly EventRow[]): Statement<never> {
  return {
    name: 'outbox-append-events',
    text: `
      INSERT INTO outbox (topic, key, bucket, headers, payload)
      SELECT event.topic, event.key, event.bucket,
             json_strip_nulls(json_object(
               ARRAY['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_time', 'content-type', 'traceparent'],
               ARRAY['1.0', event.id, $1::text, event.type,
                     coalesce(event.time, to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
                     'application/json', event.traceparent])),
             event.payload
      FROM unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[])
           WITH ORDINALITY AS event (topic, key, bucket, id, type, time, traceparent, payload, ordinality)
      ORDER BY event.ordinality`,
    values: [
      source,
      rows.map((row) => row.topic),
      rows.map((row) => row.key),
      rows.map((row) => row.bucket),
      rows.map((row) => row.id),
      rows.map((row) => row.type),
      rows.map((row) => row.time),
      rows.map((row) => row.traceparent),
      rows.map((row) => row.payload),
    ],
  };
}
