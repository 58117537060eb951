import type { Pool } from 'pg';
import { lockNamesOf } from '../identity.js';
import { idempotencySchema } from '../migrations/index.js';

const turn = lockNamesOf({ scope: 'semel', key: 'migrations', fingerprint: '', input: undefined }).lock;

/**
 * Brings the tables up to date: all missing steps of `idempotencySchema` in one transaction, one process at a time. For
 * databases that TypeORM doesn't migrate; what is done is noted in `idempotency_migration`.
 *
 * @returns the names of the steps that it applied
 */
export async function migrateIdempotency(pool: Pool): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [turn]);
    await client.query(`
      CREATE TABLE IF NOT EXISTS idempotency_migration (
        name text PRIMARY KEY,
        applied_at timestamptz NOT NULL DEFAULT now()
      )`);
    const { rows } = await client.query<{ name: string }>('SELECT name FROM idempotency_migration');
    const done = new Set(rows.map(({ name }) => name));
    const missing = idempotencySchema.filter(({ name }) => !done.has(name));
    for (const { name, statements } of missing) {
      for (const statement of statements) await client.query(statement);
      await client.query('INSERT INTO idempotency_migration (name) VALUES ($1)', [name]);
    }
    await client.query('COMMIT');
    client.release();
    return missing.map(({ name }) => name);
  } catch (error) {
    // Destroyed, and with it whatever was half done.
    client.release(true);
    throw error;
  }
}
