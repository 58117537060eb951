import type { LockNames } from '../identity.js';
import type { Statement } from '../statement.js';

export interface ProbedLock {
  readonly lock: string;
  readonly request: number | null;
  /** Whether the holder's marker names another request. False where it names ours or tells nothing. */
  readonly other_request: boolean;
}

/**
 * Which of the locks are held by somebody else, and whether for another request. It reads pg_locks and takes no lock
 * itself: even a shared probe would make a real claim fail.
 *
 * A bigint advisory lock shows as (classid, objid) = (high, low 32 bits) with objsubid 1, a two-int4 one with 2.
 */
export function probeLocks(names: readonly LockNames[]): Statement<ProbedLock> {
  return {
    name: 'semel-probe-locks',
    text: `
      WITH advisory AS MATERIALIZED (
        SELECT held.pid, held.classid::bigint AS high, held.objid::bigint AS low, held.objsubid
        FROM pg_locks AS held
        WHERE held.locktype = 'advisory' AND held.granted AND held.pid <> pg_backend_pid()
          AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      )
      SELECT wanted.lock::text AS lock, wanted.request,
             coalesce(wanted.request IS NOT NULL AND bool_or(marker.low IS NOT NULL)
                      AND NOT bool_or(marker.low = wanted.request::bigint & 4294967295), false) AS other_request
      FROM unnest($1::bigint[], $2::int[], $3::int[]) AS wanted (lock, key, request)
      JOIN advisory AS holder
        ON holder.objsubid = 1
       AND holder.high = (wanted.lock >> 32) & 4294967295 AND holder.low = wanted.lock & 4294967295
      LEFT JOIN advisory AS marker
        ON marker.objsubid = 2 AND marker.pid = holder.pid AND marker.high = wanted.key::bigint & 4294967295
      GROUP BY wanted.lock, wanted.request`,
    values: [
      names.map(({ lock }) => lock),
      names.map(({ marker }) => marker?.key ?? null),
      names.map(({ marker }) => marker?.request ?? null),
    ],
  };
}
