import type { Statement } from '../statement.js';

/** Names a lease: the key, and by which fence it was had. */
export interface Held {
  readonly scope: string;
  readonly key: string;
  /** bigint */
  readonly fence: string;
}

/**
 * The fence of everything that is written under a lease: locks the key's row until the transaction ends, so that nobody
 * takes it over in between. No row: the lease is over or somebody else's, and nothing may be written.
 */
export function holdLease({ scope, key, fence }: Held): Statement<{ readonly held: boolean }> {
  return {
    name: 'semel-hold-lease',
    text: `
      SELECT true AS held FROM idempotency_key
      WHERE scope = $1 AND key = $2 AND fence = $3::bigint AND status = 'Received' AND leased_until > clock_timestamp()
      FOR NO KEY UPDATE`,
    values: [scope, key, fence],
  };
}
