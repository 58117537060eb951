import type { Statement } from '../statement.js';
import type { Held } from './hold-lease.js';

/** Ends a lease at once and keeps the operation with its steps: the next one who asks for the same continues it. */
export function lapseLease({ scope, key, fence }: Held): Statement {
  return {
    name: 'semel-lapse-lease',
    text: `
      UPDATE idempotency_key SET leased_until = clock_timestamp()
      WHERE scope = $1 AND key = $2 AND fence = $3::bigint AND status = 'Received' AND leased_until > clock_timestamp()`,
    values: [scope, key, fence],
  };
}

/** Ends a lease under which nothing was begun: nothing remains, and the key can be used for another request. */
export function forgetLease({ scope, key, fence }: Held): Statement {
  return {
    name: 'semel-forget-lease',
    text: `
      DELETE FROM idempotency_key
      WHERE scope = $1 AND key = $2 AND fence = $3::bigint AND status = 'Received' AND leased_until > clock_timestamp()`,
    values: [scope, key, fence],
  };
}
