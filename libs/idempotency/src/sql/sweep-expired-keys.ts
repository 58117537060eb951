import type { Statement } from '../statement.js';

export interface Swept {
  /** Whether it was this connection's turn: one process sweeps at a time. */
  readonly mine: boolean;
  readonly swept: number;
  /** How many of them were leased once and never finished. */
  readonly abandoned: number;
}

/**
 * Deletes one batch of the keys that expired longest ago, for whoever gets the turn. Rows that a claim is just taking
 * over are skipped, and so are those whose owner still holds a lease; a claim waits for one small delete at most.
 *
 * @param grace seconds that a key is kept beyond its life, for clients whose retry is already on its way
 */
export function sweepExpiredKeys(turn: string, grace: number, batch: number): Statement<Swept> {
  return {
    text: `
      WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock($1::bigint) AS mine),
      doomed AS (
        SELECT expired.scope, expired.key
        FROM idempotency_key AS expired
        WHERE (SELECT mine FROM turn)
          AND expired.expires_at <= statement_timestamp() - make_interval(secs => $2)
          AND coalesce(expired.leased_until <= statement_timestamp(), true)
        ORDER BY expired.expires_at
        LIMIT $3
        FOR UPDATE SKIP LOCKED
      ),
      gone AS (
        DELETE FROM idempotency_key AS key USING doomed
        WHERE key.scope = doomed.scope AND key.key = doomed.key
        RETURNING key.status
      )
      SELECT (SELECT mine FROM turn) AS mine, count(*)::int AS swept,
             count(*) FILTER (WHERE status = 'Received')::int AS abandoned
      FROM gone`,
    values: [turn, grace, batch],
  };
}
