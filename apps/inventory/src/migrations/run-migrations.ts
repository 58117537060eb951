import { DataSource } from 'typeorm';
import { rowsOf } from '../database/rows-of.js';
import { seedStock } from '../seed-stock/seed-stock.js';
import { migrations } from './index.js';
import { lockMigrations } from './sql/migration-lock.js';

export interface MigrationReport {
  /** Names of the migrations that ran now. */
  readonly executed: readonly string[];
  /** SKUs that had no stock yet; undefined where no seed was asked for. */
  readonly seeded?: number;
}

/**
 * Brings a database up to date. Safe to run by several processes at once: they take turns, and the later ones find
 * nothing to do. A killed process holds nobody up, for its lock goes with its connection.
 * @param url of the database; its role must own the schema
 */
export async function runMigrations(
  url: string,
  options: { readonly seed?: boolean } = {},
): Promise<MigrationReport> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    migrations,
    installExtensions: false,
    applicationName: 'inventory-migrations',
  });
  await dataSource.initialize();
  try {
    // The turn has a connection of its own; the migrations run on others of the pool.
    return await dataSource.transaction(async (turn) => {
      await rowsOf(turn, lockMigrations());
      const executed = await dataSource.runMigrations({ transaction: 'each' });
      const seeded = options.seed ? await seedStock(dataSource) : undefined;
      return { executed: executed.map(({ name }) => name), ...(seeded === undefined ? {} : { seeded }) };
    });
  } finally {
    await dataSource.destroy();
  }
}
