import type { Statement } from '../statement.js';

/** Deletes one batch of a scope's keys with the answers stored under them; not what an owner works on under a lease. */
export function eraseScope(scope: string, batch: number): Statement<{ readonly erased: number }> {
  return {
    text: `
      WITH doomed AS (
        SELECT scope, key FROM idempotency_key
        WHERE scope = $1 AND coalesce(leased_until <= statement_timestamp(), true)
        ORDER BY key LIMIT $2 FOR UPDATE SKIP LOCKED
      ),
      gone AS (
        DELETE FROM idempotency_key AS key USING doomed
        WHERE key.scope = doomed.scope AND key.key = doomed.key
        RETURNING 1
      )
      SELECT count(*)::int AS erased FROM gone`,
    values: [scope, batch],
  };
}
