import type { Statement } from '@semel/idempotency';

/** Any number will do, as long as every version of the service takes the same: "semel" in ASCII. */
const lock = 0x73_65_6d_65_6c;

/** Waits until no other process migrates this database. Held by a transaction, so that a connection pooler can't lose it. */
export function lockMigrations(): Statement {
  return { text: 'SELECT pg_advisory_xact_lock($1::bigint)', values: [lock] };
}
