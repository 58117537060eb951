import type { Statement } from '@semel/idempotency';

/**
 * Ends the leases of earlier relays of the same instance: a process that is started again under its name knows that its
 * predecessor is dead, so its keys needn't wait for the lease to run out. Relays that have been silent for an hour are
 * forgotten on the way.
 */
export function succeed(instance: string): Statement<never> {
  return {
    text: `
      WITH predecessor AS (
        DELETE FROM outbox_relay
        WHERE instance = $1 OR expires_at < clock_timestamp() - interval '1 hour'
        RETURNING id
      )
      UPDATE outbox_lease SET relay = NULL, expires_at = NULL
      WHERE relay IN (SELECT id FROM predecessor)`,
    values: [instance],
  };
}
