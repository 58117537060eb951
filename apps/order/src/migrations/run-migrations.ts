import pg from 'pg';
import { DataSource } from 'typeorm';
import { seedProducts } from '../catalogue/seed-products.js';
import { migrations } from './index.js';
import { lockMigrations, unlockMigrations } from './sql/migration-lock.js';

export interface MigrationReport {
  /** Names of the migrations that ran now. */
  readonly executed: readonly string[];
  /** Products that the catalogue lacked; undefined where none were asked for. */
  readonly seeded?: number;
}

/**
 * Brings a database up to date. Safe to run by several processes at once: the lock makes them take turns, and the later
 * ones find nothing to do. The lock is of its own session, so that a killed process holds nobody up.
 * @param url of the database; its role must own the schema
 */
export async function runMigrations(
  url: string,
  options: { readonly seed?: boolean } = {},
): Promise<MigrationReport> {
  const turn = new pg.Client({ connectionString: url, application_name: 'order-migrations' });
  await turn.connect();
  try {
    await turn.query(lockMigrations());
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      migrations,
      applicationName: 'order-migrations',
    });
    await dataSource.initialize();
    try {
      const executed = await dataSource.runMigrations({ transaction: 'each' });
      const seeded = options.seed ? await seedProducts(dataSource) : undefined;
      return { executed: executed.map(({ name }) => name), ...(seeded === undefined ? {} : { seeded }) };
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await turn.query(unlockMigrations()).finally(() => turn.end());
  }
}
