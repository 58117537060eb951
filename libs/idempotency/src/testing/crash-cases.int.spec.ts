import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { type AdapterName, migrateShop, startShop } from '../spec/shop.js';
import { crashCases } from './crash-cases.js';
import type { CrashTarget, Instance } from './crash-suite.js';

interface Shop extends Instance {
  readonly url: string;
  readonly database: DataSource;
}

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
});
afterAll(() => database.drop());

/** All that a user writes. */
function shopTarget(adapter: AdapterName, path: string): CrashTarget<Shop> {
  return {
    start: async () => {
      const { app, url } = await startShop(adapter, database.url);
      return { url, database: app.get(DataSource), stop: () => app.close() };
    },
    send: ({ url }, key) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'idempotency-key': key, 'content-type': 'application/json' },
        body: JSON.stringify({ text: key }),
      }),
    effects: async (shop, key) => {
      const rows = await shop.database.query('SELECT FROM note WHERE text = $1', [key]);
      return rows.length;
    },
  };
}

describe.each<[AdapterName, string]>([
  ['fastify', '/notes'],
  ['express', '/notes/grouped'],
])('a Nest application over %s, POST %s', (adapter, path) => {
  it.each(crashCases(shopTarget(adapter, path)))('$name', ({ run }) => run());
});
