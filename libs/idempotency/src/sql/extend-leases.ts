import type { Statement } from '../statement.js';
import type { Held } from './hold-lease.js';

export interface ExtendedLease {
  readonly fence: string;
  readonly extended: boolean;
  /** Whether it is still its owner's: false means that it is over, or somebody else's. */
  readonly held: boolean;
}

/**
 * One heartbeat for all leases of a process. A row that is locked (its owner is just committing, perhaps on a
 * connection that hangs) is left for the next heartbeat rather than waited for: the others must not lapse with it.
 *
 * Without a name it is planned anew each time, which costs nothing at a heartbeat's pace: a plan that was made while the
 * table was empty, and is kept, would read all of it twice for each heartbeat once it has grown.
 */
export function extendLeases(
  leases: readonly (Held & { readonly seconds: number })[],
): Statement<ExtendedLease> {
  return {
    text: `
      WITH wanted AS MATERIALIZED (
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::float8[]) AS wanted (scope, key, fence, seconds)
      ),
      free AS MATERIALIZED (
        SELECT wanted.* FROM wanted CROSS JOIN LATERAL (
          SELECT FROM idempotency_key AS known
          WHERE known.scope = wanted.scope AND known.key = wanted.key AND known.fence = wanted.fence
            AND known.status = 'Received' AND known.leased_until > clock_timestamp()
          FOR NO KEY UPDATE SKIP LOCKED
        ) AS known
      ),
      extended AS (
        UPDATE idempotency_key AS known SET leased_until = clock_timestamp() + make_interval(secs => free.seconds)
        FROM free
        WHERE known.scope = free.scope AND known.key = free.key AND known.fence = free.fence
        RETURNING known.fence
      )
      SELECT wanted.fence::text AS fence, wanted.fence IN (SELECT fence FROM extended) AS extended,
             EXISTS (
               SELECT FROM idempotency_key AS known
               WHERE known.scope = wanted.scope AND known.key = wanted.key AND known.fence = wanted.fence
                 AND known.status = 'Received' AND known.leased_until > statement_timestamp()
             ) AS held
      FROM wanted`,
    values: [
      leases.map(({ scope }) => scope),
      leases.map(({ key }) => key),
      leases.map(({ fence }) => fence),
      leases.map(({ seconds }) => seconds),
    ],
  };
}
