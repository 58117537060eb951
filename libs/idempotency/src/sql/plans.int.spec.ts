import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { migrateShop } from '../spec/shop.js';
import { lookUpKeys } from './look-up-keys.js';

let database: TestDatabase;
let source: DataSource;

beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
  source = await new DataSource({
    type: 'postgres',
    url: database.url,
    installExtensions: false,
  }).initialize();
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

it('looks keys up by the index also with a plan that was made while the table was empty', async () => {
  const { text } = lookUpKeys([]);
  const runner = source.createQueryRunner();
  await runner.query(`PREPARE look AS ${text}`);
  await runner.query('SET plan_cache_mode = force_generic_plan');
  const plan: { 'QUERY PLAN': string }[] = await runner.query("EXPLAIN EXECUTE look('{a,b}', '{c,d}')");
  await runner.release();
  expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toMatch(/Index Scan using idempotency_key_pkey/);
});
