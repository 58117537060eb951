import type { LockNames } from '../identity.js';
import type { Statement } from '../statement.js';
import { givenRows } from './given-rows.js';

export interface LockedKey {
  readonly lock: string;
  readonly got: boolean;
  /** When this transaction began, in seconds since 1970, exact to the microsecond: `created` of the rows that it stores. */
  readonly began: string;
}

/**
 * Tries the lock of each key, waits for none; a lock that is had is marked with the request it is had for. The locks go
 * with the transaction. The look-up has to be a later statement: a lock is released after its holder's commit became
 * visible, so lock-then-look never misses, while looking in this statement's snapshot would.
 */
export function lockKeys(names: readonly LockNames[]): Statement<LockedKey> {
  const { table, values, suffix } = givenRows([
    ['bigint', names.map(({ lock }) => lock)],
    ['int', names.map(({ marker }) => marker?.key ?? null)],
    ['int', names.map(({ marker }) => marker?.request ?? null)],
  ]);
  return {
    name: `semel-lock-keys${suffix}`,
    text: `
      SELECT tried.lock::text AS lock, tried.got, extract(epoch FROM now())::text AS began,
             CASE WHEN tried.got AND tried.request IS NOT NULL
                  THEN pg_try_advisory_xact_lock_shared(tried.key, tried.request) END AS marked
      FROM (
        SELECT wanted.lock, wanted.key, wanted.request, pg_try_advisory_xact_lock(wanted.lock) AS got
        FROM ${table} AS wanted (lock, key, request)
        OFFSET 0
      ) AS tried`,
    values,
  };
}
