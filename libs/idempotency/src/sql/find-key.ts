import type { Statement } from '../statement.js';

export interface FoundKey {
  readonly status: 'Received' | 'Processed';
  readonly method: string | null;
  readonly path: string | null;
  readonly created_at: Date;
  readonly processed_at: Date | null;
  readonly expires_at: Date;
  readonly response_status: number | null;
}

/** One living key, for whoever asks what became of it. */
export function findKey(scope: string, key: string): Statement<FoundKey> {
  return {
    name: 'semel-find-key',
    text: `
      SELECT status, method, path, created_at, processed_at, expires_at, response_status
      FROM idempotency_key
      WHERE scope = $1 AND key = $2
        AND (expires_at > statement_timestamp() OR leased_until > statement_timestamp())`,
    values: [scope, key],
  };
}
