import { seedCatalogue } from '@semel/contracts';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import pg from 'pg';
import { runMigrations } from './run-migrations.js';

describe('migrating', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  async function rows<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  it('several processes that start together take turns and do everything once', async () => {
    const reports = await Promise.all(
      Array.from({ length: 4 }, () => runMigrations(database.url, { seed: true })),
    );
    expect(reports.filter(({ executed }) => executed.length > 0)).toHaveLength(1);
    expect(reports.map(({ seeded }) => seeded).sort()).toEqual([0, 0, 0, seedCatalogue.length]);
  });

  it('fills every shelf of the catalogue, with a movement that explains it', async () => {
    await runMigrations(database.url, { seed: true });
    const shelves = await rows<{ sku: string; available: string }>(
      `SELECT sku, available FROM stock JOIN stock_movement USING (sku)
       WHERE available = delta_available AND kind = 'set' AND reason #>> '{}' = 'seed' ORDER BY sku`,
    );
    const expected = new Map(seedCatalogue.map(({ sku, stock }) => [sku, String(stock)]));
    expect(new Map(shelves.map(({ sku, available }) => [sku, available]))).toEqual(expected);
  });

  it('changes nothing that is there when it seeds again', async () => {
    await runMigrations(database.url, { seed: true });
    await rows(`UPDATE stock SET available = 1, reserved = 2`);
    expect(await runMigrations(database.url, { seed: true })).toEqual({ executed: [], seeded: 0 });
    expect(await rows(`SELECT FROM stock WHERE available <> 1 OR reserved <> 2`)).toEqual([]);
  });

  it('leaves the shelves alone where no seed is asked for', async () => {
    expect((await runMigrations(database.url)).seeded).toBeUndefined();
    expect(await rows('SELECT FROM stock')).toEqual([]);
  });
});
