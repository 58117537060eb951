import type { Operation } from '../operation.js';
import type { Statement } from '../statement.js';

export interface TakenLease {
  /** bigint. Which use of the key it is: its steps are kept under this number. */
  readonly operation_id: string;
  /** bigint. Whose turn it is: higher with each take-over, never given out twice. */
  readonly fence: string;
}

/**
 * A new operation, Received. The caller holds the key's lock and saw no row; should somebody have got past the lock,
 * the unique index fails the transaction (23505).
 *
 * @param seconds how long the lease lasts without a heartbeat
 * @param retention seconds that the key is kept
 */
export function takeLease(
  operation: Operation,
  owner: string,
  seconds: number,
  retention: number,
): Statement<TakenLease> {
  return {
    name: 'semel-take-lease',
    text: `
      INSERT INTO idempotency_key (scope, key, status, fingerprint, method, path, created_at, expires_at,
                                   owner, operation_id, fence, leased_until)
      SELECT $1, $2, 'Received', $3, $4, $5, clock_timestamp(), clock_timestamp() + make_interval(secs => $8::float8),
             $6, turn.fence, turn.fence, clock_timestamp() + make_interval(secs => $7::float8)
      FROM nextval('idempotency_fence') AS turn (fence)
      RETURNING operation_id::text, fence::text`,
    values: [
      operation.scope,
      operation.key,
      operation.fingerprint,
      operation.method ?? null,
      operation.path ?? null,
      owner,
      seconds,
      retention,
    ],
  };
}
