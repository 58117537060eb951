import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import pg from 'pg';
import { idempotencySchema } from '../migrations/index.js';
import { migrateShop } from '../spec/shop.js';
import { migrateIdempotency } from './index.js';

const catalogue = `
  SELECT column_name, data_type, collation_name, is_nullable, column_default
  FROM information_schema.columns WHERE table_name = 'idempotency_key' ORDER BY column_name`;

async function withPool<Result>(
  database: TestDatabase,
  work: (pool: pg.Pool) => Promise<Result>,
): Promise<Result> {
  const pool = new pg.Pool({ connectionString: database.url });
  try {
    return await work(pool);
  } finally {
    await pool.end();
    await database.drop();
  }
}

it('makes the tables that TypeORM’s migrations make, once, whoever comes at the same time', async () => {
  const expected = await withPool(await createTestDatabase(migrateShop, 'idempotency-shop'), (pool) =>
    pool.query(catalogue),
  );
  await withPool(await createTestDatabase(), async (pool) => {
    const applied = await Promise.all([1, 2, 3].map(() => migrateIdempotency(pool)));
    expect(applied.flat()).toEqual(idempotencySchema.map(({ name }) => name));
    expect((await pool.query(catalogue)).rows).toEqual(expected.rows);
    expect(await migrateIdempotency(pool)).toEqual([]);
  });
});

it('leaves nothing of a step that fails', async () => {
  await withPool(await createTestDatabase(), async (pool) => {
    await pool.query('CREATE TABLE idempotency_key (mine text)');
    await expect(migrateIdempotency(pool)).rejects.toMatchObject({ code: '42P07' });
    expect((await pool.query("SELECT to_regclass('idempotency_migration') AS made")).rows).toEqual([
      { made: null },
    ]);
  });
});
