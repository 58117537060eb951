import type { Statement } from '../statement.js';

export interface Erased {
  readonly erased: number;
  /** Keys of the scope that this batch left: beyond its size, locked by somebody, or under a lease. */
  readonly left: number;
}

/**
 * Deletes one batch of a scope's keys with the answers stored under them, but for those that an owner works on under a
 * lease; waits for nobody.
 */
export function eraseScope(scope: string, batch: number): Statement<Erased> {
  return {
    text: `
      WITH doomed AS (
        SELECT scope, key FROM idempotency_key
        WHERE scope = $1 AND coalesce(leased_until <= statement_timestamp(), true)
        ORDER BY key LIMIT $2
        FOR UPDATE SKIP LOCKED
      ),
      gone AS (
        DELETE FROM idempotency_key AS key USING doomed
        WHERE key.scope = doomed.scope AND key.key = doomed.key
        RETURNING 1
      ),
      counted AS (SELECT count(*)::int AS erased FROM gone)
      SELECT erased,
             -- The snapshot of this statement still has the rows that it deletes.
             (SELECT count(*)::int FROM (SELECT FROM idempotency_key WHERE scope = $1 LIMIT $2 + erased) AS had) - erased AS left
      FROM counted`,
    values: [scope, batch],
  };
}
