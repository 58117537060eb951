import { fileDatabase } from '../spec/file-database.spec.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import { deferred } from './deferred.js';
import { Sweeper } from './sweeper.js';

const database = fileDatabase();
beforeEach(async () => {
  await database.source.query(`
    INSERT INTO idempotency_key (scope, key, status, fingerprint, created_at, processed_at, expires_at)
    SELECT 'caller:alice', n::text, 'Processed', '1:a', now(), now(), now() + make_interval(secs => n - 1000)
    FROM generate_series(1, 2000) AS n`);
});

const left = async (): Promise<number> =>
  (await database.source.query('SELECT count(*)::int AS count FROM idempotency_key'))[0].count;

it('forgets what expired longer than the grace ago, in batches, and tells how many and how late it is', async () => {
  const [swept, lags]: [number[], number[]] = [[], []];
  const observer = { swept: (keys: number) => swept.push(keys), sweepLag: (lag: number) => lags.push(lag) };
  const total = await new Sweeper(database.connections, observer, {
    interval: 0,
    grace: 100,
    batch: 200,
  }).sweep();
  expect(total).toBeGreaterThanOrEqual(900);
  expect(total).toBeLessThan(960);
  expect(swept.every((keys) => keys <= 200)).toBe(true);
  expect(lags).toEqual([0]);
  expect(await left()).toBe(2000 - total);
});

it('commits each batch by itself and holds no connection between them', async () => {
  const single = await database.connect(1);
  const seen: Promise<number>[] = [];
  // With a pool of one, this look has its turn only where the sweep gives its connection back after a batch.
  const look = async (): Promise<number> =>
    (await single.query('SELECT count(*)::int AS count FROM idempotency_key'))[0].count;
  const observer = { swept: () => void seen.push(look()) };
  const sweeper = new Sweeper(new TypeOrmConnections(single), observer, {
    interval: 0,
    grace: 0,
    batch: 300,
  });
  const total = await sweeper.sweep();
  const counts = await Promise.all(seen);
  expect(counts.slice(0, 3)).toEqual([1_700, 1_400, 1_100]);
  expect(counts.at(-1)).toBe(2_000 - total);
});

it('ends after the batch under way when it is stopped, and looks no more', async () => {
  const swept: number[] = [];
  const sweeping = new Sweeper(
    database.connections,
    {
      swept: (keys) => {
        swept.push(keys);
        void sweeping.stop();
      },
    },
    { interval: 0, grace: 0, batch: 100 },
  );
  expect(await sweeping.sweep()).toBe(100);
  expect(swept).toEqual([100]);
});

it('sweeps by itself, tells of a sweep that failed, and goes on', async () => {
  let fail = true;
  const failing = {
    connect: () => (fail ? Promise.reject(new Error('no database')) : database.connections.connect()),
  };
  const [failed, swept] = [deferred<Error>(), deferred<void>()];
  const observer = { sweepFailed: failed.resolve, swept: () => swept.resolve() };
  const sweeper = new Sweeper(failing, observer, { interval: 5, grace: 0, batch: 100 });
  sweeper.start();
  expect((await failed.promise).message).toBe('no database');
  fail = false;
  await swept.promise;
  await sweeper.stop();
});

it('leaves the work to whoever has the turn, and tells how late it is', async () => {
  const runner = database.source.createQueryRunner();
  await runner.startTransaction();
  const lags: number[] = [];
  const sweeper = new Sweeper(
    database.connections,
    { sweepLag: (lag) => lags.push(lag) },
    { interval: 0, grace: 0, batch: 100 },
  );
  // The lock that a sweep takes is seen while it works; here somebody else holds it.
  const { lockNamesOf } = await import('../identity.js');
  const { lock } = lockNamesOf({ scope: 'semel', key: 'sweeper', fingerprint: '', input: undefined });
  await runner.query('SELECT pg_advisory_xact_lock($1)', [lock]);
  expect(await sweeper.sweep()).toBe(0);
  // The oldest key expired 999 seconds before it was written.
  expect(lags).toEqual([expect.closeTo(1_000, -2)]);
  await runner.rollbackTransaction();
  await runner.release();
  expect(await sweeper.sweep()).toBeGreaterThan(0);
  expect(lags.at(-1)).toBeLessThan(5);
});

it('goes past a key that a claim is just taking over', async () => {
  const runner = database.source.createQueryRunner();
  await runner.startTransaction();
  await runner.query("SELECT FROM idempotency_key WHERE key = '1' FOR UPDATE");
  await new Sweeper(database.connections, {}, { interval: 0, grace: 0, batch: 100 }).sweep();
  expect(
    await database.source.query("SELECT key FROM idempotency_key WHERE expires_at < now() - interval '10 s'"),
  ).toEqual([{ key: '1' }]);
  await runner.rollbackTransaction();
  await runner.release();
});
