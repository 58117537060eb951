import type { Operation } from '../operation.js';
import type { Statement } from '../statement.js';
import type { TakenLease } from './take-lease.js';

/**
 * Takes an unfinished operation over whose lease is over by the database's clock; no row where it is not, or where its
 * owner is just committing something (its row is locked: skipped, never waited for). The key lives at least as long as
 * if it had been used first now.
 */
export function takeOverLease(
  operation: Pick<Operation, 'scope' | 'key'>,
  owner: string,
  seconds: number,
  retention: number,
): Statement<TakenLease> {
  return {
    name: 'semel-take-over-lease',
    text: `
      WITH lapsed AS (
        SELECT scope, key FROM idempotency_key
        WHERE scope = $1 AND key = $2 AND status = 'Received' AND coalesce(leased_until <= clock_timestamp(), true)
        FOR UPDATE SKIP LOCKED
      ),
      turn AS MATERIALIZED (SELECT nextval('idempotency_fence') AS fence FROM lapsed)
      UPDATE idempotency_key AS known
      SET owner = $3, fence = turn.fence, operation_id = coalesce(operation_id, turn.fence),
          leased_until = clock_timestamp() + make_interval(secs => $4::float8),
          expires_at = greatest(expires_at, clock_timestamp() + make_interval(secs => $5::float8))
      FROM lapsed, turn
      WHERE known.scope = lapsed.scope AND known.key = lapsed.key
      RETURNING known.operation_id::text, known.fence::text`,
    values: [operation.scope, operation.key, owner, seconds, retention],
  };
}
