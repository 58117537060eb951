import type { Statement } from '@semel/idempotency';

/** A relay's farewell: all of its leases are free, and it no longer counts when the buckets are shared out. */
export function leave(relay: string): Statement<never> {
  return {
    text: `
      WITH gone AS (DELETE FROM outbox_relay WHERE id = $1)
      UPDATE outbox_lease SET relay = NULL, expires_at = NULL WHERE relay = $1`,
    values: [relay],
  };
}
