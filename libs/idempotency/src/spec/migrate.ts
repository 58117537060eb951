import { DataSource } from 'typeorm';
import { idempotencyMigrations } from '../migrations/index.js';

/** Makes the engine's tables in a new database, and a spec's own beside them. */
export async function migrate(url: string, ...own: readonly string[]): Promise<void> {
  const source = await new DataSource({
    type: 'postgres',
    url,
    installExtensions: false,
    migrations: idempotencyMigrations,
  }).initialize();
  await source.runMigrations();
  for (const statement of own) await source.query(statement);
  await source.destroy();
}

/** What the engine's specs take for an operation's effect. */
export const migrateEffects = (url: string): Promise<void> =>
  migrate(url, 'CREATE TABLE effect (name text NOT NULL)');
