import type { Statement } from '@semel/idempotency';

export interface RenewedLeases {
  /** The buckets that are this relay's for another lease; a lease that ran out is renewed if nobody took it. */
  readonly buckets: readonly number[];
  /** Relays alive beside this one. */
  readonly others: number;
}

/** A sign of life and the renewal of every lease of a relay. Times are the database's; `milliseconds` is the lease. */
export function renewLeases(
  relay: string,
  instance: string | null,
  milliseconds: number,
): Statement<RenewedLeases> {
  return {
    name: 'outbox-renew-leases',
    text: `
      WITH alive AS (
        INSERT INTO outbox_relay (id, instance, expires_at)
        VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
        ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at
      ), renewed AS (
        UPDATE outbox_lease SET expires_at = clock_timestamp() + $3 * interval '1 millisecond'
        WHERE relay = $1
        RETURNING bucket
      )
      SELECT coalesce((SELECT array_agg(bucket ORDER BY bucket) FROM renewed), '{}') AS buckets,
             (SELECT count(*)::int FROM outbox_relay WHERE id <> $1 AND expires_at > clock_timestamp()) AS others`,
    values: [relay, instance, milliseconds],
  };
}
