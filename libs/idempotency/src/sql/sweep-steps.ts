import type { Statement } from '../statement.js';

/** Deletes one batch of recorded steps whose operation is no longer in the table: it was forgotten unfinished. */
export function sweepSteps(batch: number): Statement<{ readonly swept: number }> {
  return {
    text: `
      WITH doomed AS (
        SELECT step.operation_id, step.name
        FROM idempotency_step AS step
        WHERE NOT EXISTS (SELECT FROM idempotency_key AS key WHERE key.operation_id = step.operation_id)
        LIMIT $1
        FOR UPDATE SKIP LOCKED
      ),
      gone AS (
        DELETE FROM idempotency_step AS step USING doomed
        WHERE step.operation_id = doomed.operation_id AND step.name = doomed.name
        RETURNING 1
      )
      SELECT count(*)::int AS swept FROM gone`,
    values: [batch],
  };
}
