/** Any number will do, as long as every version of the service takes the same: "semel" in ASCII. */
const lock = 0x73_65_6d_65_6c;

/** Waits until no other process migrates this database: session locks are of one database, not of the cluster. */
export function lockMigrations() {
  return { text: 'SELECT pg_advisory_lock($1::bigint)', values: [lock] };
}

export function unlockMigrations() {
  return { text: 'SELECT pg_advisory_unlock($1::bigint)', values: [lock] };
}
