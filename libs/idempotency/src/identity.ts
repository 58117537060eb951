import { hash } from 'node:crypto';
import type { Operation } from './operation.js';

// Advisory locks are shared by everything in the database: the salt keeps ours apart from an application's own.
const salt = 'semel/idempotency/1';

/** The name of an operation inside this process: no two (scope, key) pairs share one. */
export function identityOf(operation: Pick<Operation, 'scope' | 'key'>): string {
  const { scope, key } = operation;
  return `${scope.length}:${scope}${key.length}:${key}`;
}

/** The advisory locks of one operation, as PostgreSQL takes them. */
export interface LockNames {
  /** bigint: held by whoever executes the operation, tried and never waited for. */
  readonly lock: string;
  /**
   * Two int4, shared: told beside `lock` by its holder, so that others can tell the same request (in flight) from
   * another one (mismatched) before anything is committed. Absent where several identities share one exclusion.
   */
  readonly marker?: { readonly key: number; readonly request: number };
}

export function lockNamesOf(operation: Operation): LockNames {
  const digest = digestOf(operation.exclusion ?? identityOf(operation));
  const lock = digest.readBigInt64BE(0).toString();
  if (operation.exclusion !== undefined) return { lock };
  return {
    lock,
    marker: { key: digest.readInt32BE(8), request: digestOf(operation.fingerprint).readInt32BE(0) },
  };
}

/** Joins parts so that no two lists give the same text: ["a","bc"] and ["ab","c"] differ. */
export function lengthPrefixed(parts: readonly string[]): string {
  return parts.map((part) => `${part.length}:${part}`).join('');
}

function digestOf(text: string): Buffer {
  return hash('sha256', salt + text, 'buffer');
}
