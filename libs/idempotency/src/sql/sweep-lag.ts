import type { Statement } from '../statement.js';

export interface SweepLag {
  /** Seconds since the oldest key that should be gone became so; 0 when there is none. */
  readonly lag: number;
}

export function sweepLag(grace: number): Statement<SweepLag> {
  return {
    text: `
      SELECT coalesce(extract(epoch FROM greatest(
               statement_timestamp() - make_interval(secs => $1) - min(expires_at), interval '0')), 0)::float8 AS lag
      FROM idempotency_key
      WHERE coalesce(leased_until <= statement_timestamp(), true)`,
    values: [grace],
  };
}
