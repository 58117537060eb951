import type { Statement } from '@semel/idempotency';

/** Takes at most `limit` buckets that are nobody's or whose lease has run out by the database's clock. */
export function takeLeases(
  relay: string,
  limit: number,
  milliseconds: number,
): Statement<{ bucket: number }> {
  return {
    name: 'outbox-take-leases',
    text: `
      UPDATE outbox_lease SET relay = $1, expires_at = clock_timestamp() + $3 * interval '1 millisecond'
      WHERE bucket IN (
        SELECT bucket FROM outbox_lease
        WHERE relay IS NULL OR expires_at <= clock_timestamp()
        ORDER BY bucket
        LIMIT $2
        FOR NO KEY UPDATE SKIP LOCKED)
      RETURNING bucket`,
    values: [relay, limit, milliseconds],
  };
}
