import { fileDatabase } from '../spec/file-database.spec.js';
import { callerScope, eraseKeys } from './erase-keys.js';

const database = fileDatabase();
beforeEach(async () => {
  await database.source.query(`
    INSERT INTO idempotency_key (scope, key, status, fingerprint, created_at, processed_at, expires_at)
    SELECT scope, n::text, 'Processed', '1:a', now(), now(), now() + interval '1 day'
    FROM unnest(ARRAY['caller:alice', 'caller:alice2', 'caller:bob']) AS scope, generate_series(1, 1500) AS n`);
});

const left = async (): Promise<unknown[]> =>
  database.source.query(
    'SELECT scope, count(*)::int AS keys FROM idempotency_key GROUP BY scope ORDER BY scope',
  );

it('erases all keys of one caller, more than fit a batch, and nobody else’s', async () => {
  expect(await eraseKeys(database.connections, callerScope('alice'))).toBe(1_500);
  expect(await left()).toEqual([
    { scope: 'caller:alice2', keys: 1_500 },
    { scope: 'caller:bob', keys: 1_500 },
  ]);
  expect(await eraseKeys(database.connections, callerScope('alice'))).toBe(0);
});

it('comes back to a key that somebody holds, and waits for no lock meanwhile', async () => {
  const holder = database.source.createQueryRunner();
  await holder.startTransaction();
  await holder.query("SELECT FROM idempotency_key WHERE scope = 'caller:alice' AND key = '7' FOR UPDATE");
  const erasing = eraseKeys(database.connections, callerScope('alice'));
  while (!JSON.stringify(await left()).includes('"caller:alice","keys":1}'));
  await holder.rollbackTransaction();
  await holder.release();
  expect(await erasing).toBe(1_500);
});

it('never forgets a key in flight, which would then run again, and says that it is left', async () => {
  await database.source.query(
    "UPDATE idempotency_key SET status = 'Received', leased_until = now() + interval '1 hour' WHERE scope = 'caller:bob' AND key = '7'",
  );
  await expect(eraseKeys(database.connections, callerScope('bob'))).rejects.toMatchObject({
    code: 'erasure-incomplete',
    erased: 1_499,
    left: 1,
  });
  expect(await database.source.query("SELECT key FROM idempotency_key WHERE scope = 'caller:bob'")).toEqual([
    { key: '7' },
  ]);
}, 20_000);
