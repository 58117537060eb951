import type { Statement } from '@semel/idempotency';

/** Gives buckets back at once, for another relay to take. */
export function releaseLeases(relay: string, buckets: readonly number[]): Statement<never> {
  return {
    text: `UPDATE outbox_lease SET relay = NULL, expires_at = NULL WHERE relay = $1 AND bucket = ANY ($2::int[])`,
    values: [relay, buckets],
  };
}
