import { idempotencyMigrations } from '@semel/idempotency';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { spoken } from '../testing/spoken.spec.js';
import { keys } from './keys.js';

let database: TestDatabase;
let source: DataSource;
beforeAll(async () => {
  database = await createTestDatabase(migrate, 'operator-keys');
  source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});
beforeEach(async () => {
  await source.query('TRUNCATE idempotency_key');
  await source.query(
    `INSERT INTO idempotency_key (scope, key, status, fingerprint, created_at, processed_at, expires_at)
     SELECT scope, n::text, 'Processed', '1:a', now(), now(), now() + interval '1 day'
     FROM unnest(ARRAY['caller:alice', 'caller:bob', 'consumer:alice/t.v1']) AS scope, generate_series(1, 3) AS n`,
  );
});

async function migrate(url: string): Promise<void> {
  const migrating = new DataSource({ type: 'postgres', url, migrations: idempotencyMigrations });
  await migrating.initialize();
  await migrating.runMigrations();
  await migrating.destroy();
}

const ask = (...args: string[]) =>
  spoken(() => keys([...args, '--database', database.url], async () => undefined));
const scopes = async (): Promise<string[]> =>
  (await source.query('SELECT DISTINCT scope FROM idempotency_key ORDER BY scope')).map(
    ({ scope }: { scope: string }) => scope,
  );

it('erases the keys of one caller, says how many, and leaves everybody else’s and every message’s', async () => {
  expect(JSON.parse(await ask('erase', '--sub', 'alice', '--json'))).toEqual([
    { service: 'database', erased: 3 },
  ]);
  expect(await scopes()).toEqual(['caller:bob', 'consumer:alice/t.v1']);
  expect(await ask('erase', '--sub', 'alice')).toMatch(/^service +erased\ndatabase +0\n$/);
});

it('says in a sentence that a key is in flight, and leaves it', async () => {
  await source.query(
    "UPDATE idempotency_key SET status = 'Received', leased_until = now() + interval '1 hour' WHERE scope = 'caller:bob' AND key = '1'",
  );
  await expect(ask('erase', '--sub', 'bob')).rejects.toThrow(
    'database: 2 keys were erased and 1 are still in use. Make sure that nobody uses the scope any more',
  );
});
