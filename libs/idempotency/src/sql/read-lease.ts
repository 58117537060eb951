import type { Operation } from '../operation.js';
import type { Statement } from '../statement.js';

export interface LeaseStatus {
  readonly status: 'Received' | 'Processed';
  readonly fence: string | null;
  readonly expires_at: Date;
}

/**
 * What became of a commit whose acknowledgement was lost. It waits for the row's lock: as long as the lost connection's
 * transaction holds it, nobody can tell.
 */
export function readLease({ scope, key }: Pick<Operation, 'scope' | 'key'>): Statement<LeaseStatus> {
  return {
    text: `
      SELECT status, fence::text, expires_at FROM idempotency_key
      WHERE scope = $1 AND key = $2
      FOR NO KEY UPDATE`,
    values: [scope, key],
  };
}
