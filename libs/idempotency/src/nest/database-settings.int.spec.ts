import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { migrateShop } from '../spec/shop.js';
import { startApp } from '../spec/start-app.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
});
afterAll(() => database.drop());

it.each([
  [
    'transactions by default see the database as it was when they began',
    { options: '-c default_transaction_isolation=serializable' },
    '"default_transaction_isolation" is "serializable"',
  ],
  [
    'nothing ends a transaction whose process hangs',
    { idle_in_transaction_session_timeout: 0, options: '-c idle_in_transaction_session_timeout=0' },
    '"idle_in_transaction_session_timeout" is "0"',
  ],
])('does not start where %s', async (_, pool, message) => {
  await expect(startApp('fastify', database.url, { controllers: [], pool })).rejects.toThrow(message);
});
