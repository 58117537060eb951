import type { Operation } from '../operation.js';
import { fileDatabase } from '../spec/file-database.spec.js';
import { deferred } from './deferred.js';
import { Engine } from './engine.js';
import { type GroupLimits, GroupQueue } from './group-queue.js';

const database = fileDatabase();

const operation = (key: string): Operation<string> => ({
  scope: 'spec',
  key,
  fingerprint: '1:a',
  input: key,
});

/** A queue whose groups stay in flight until they are let go. */
function heldQueue(limits: Partial<GroupLimits>, claimTimeout = 10_000) {
  const go = deferred<void>();
  const entered = deferred<void>();
  const groups: string[][] = [];
  const engine = new Engine(database.connections, { claimTimeout });
  const queue = new GroupQueue<string>(
    engine,
    async (operations) => {
      groups.push(operations.map(({ key }) => key));
      entered.resolve();
      await go.promise;
      return operations.map(() => ({ status: 200 }));
    },
    limits,
  );
  return { queue, engine, groups, entered: entered.promise, release: () => go.resolve() };
}

it('sends a lone operation at once and gathers the others while groups are in flight, up to the size', async () => {
  const { queue, groups, release } = heldQueue({ size: 3, inFlight: 1, waiting: 100 });
  const running = ['a', 'b', 'c', 'd', 'e'].map((key) => queue.submit(operation(key)));
  release();
  expect((await Promise.all(running)).map(({ kind }) => kind)).toEqual(Array(5).fill('executed'));
  expect(groups).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
});

it('says at once that a queued key is in flight, and gives a second request for it no place', async () => {
  const { queue, release } = heldQueue({ size: 1, inFlight: 1, waiting: 100 });
  const running = [queue.submit(operation('a')), queue.submit(operation('b'))];
  expect(await queue.submit(operation('b'))).toEqual({ kind: 'in-flight' });
  expect(queue.size).toBe(1);
  release();
  expect((await Promise.all(running)).map(({ kind }) => kind)).toEqual(['executed', 'executed']);
});

it('refuses at once what finds the queue full', async () => {
  const { queue, release } = heldQueue({ size: 1, inFlight: 1, waiting: 1 });
  const running = [queue.submit(operation('a')), queue.submit(operation('b'))];
  expect(await queue.submit(operation('c'))).toMatchObject({ kind: 'failed', error: { code: 'overloaded' } });
  release();
  await Promise.all(running);
});

it('gives up what no group has had a place for in time, and frees its key', async () => {
  const { queue, engine, groups, release } = heldQueue({ size: 1, inFlight: 1, waiting: 10 }, 1_000);
  const first = queue.submit(operation('a'));
  const late = await queue.submit(operation('b'));
  expect(late).toMatchObject({ kind: 'failed', error: { code: 'idempotency-unavailable' } });
  expect(engine.flights.find(operation('b'))).toBeUndefined();
  release();
  expect((await first).kind).toBe('executed');
  expect((await queue.submit(operation('b'))).kind).toBe('executed');
  expect(groups).toEqual([['a'], ['b']]);
});

it('drops whoever hung up before its group starts, and frees the key; a group that has started goes on', async () => {
  const { queue, engine, groups, entered, release } = heldQueue({ size: 10, inFlight: 1 });
  const gone = new Set<string>();
  const wanted = (key: string) => ({ ...operation(key), isWanted: () => !gone.has(key) });
  const started = queue.submit(wanted('started'));
  await entered;
  const waiting = ['left', 'stayed'].map((key) => queue.submit(wanted(key)));
  gone.add('started').add('left');
  release();
  expect(await started).toMatchObject({ kind: 'executed' });
  const [left, stayed] = await Promise.all(waiting);
  expect(left).toMatchObject({ kind: 'failed', error: { code: 'caller-gone' } });
  expect(stayed).toMatchObject({ kind: 'executed' });
  expect(groups).toEqual([['started'], ['stayed']]);
  expect(engine.flights.find(operation('left'))).toBeUndefined();
  expect((await queue.submit(operation('left'))).kind).toBe('executed');
});

it('bounds a group by the bytes of its requests, and lets a larger one go alone', async () => {
  const { queue, groups, release } = heldQueue({ size: 10, inFlight: 1, bytes: 100 });
  const sizes = { a: 1, b: 60, c: 40, d: 1, e: 500, f: 1 };
  const running = Object.entries(sizes).map(([key, bytes]) => queue.submit({ ...operation(key), bytes }));
  release();
  await Promise.all(running);
  expect(groups).toEqual([['a'], ['b', 'c'], ['d'], ['e'], ['f']]);
});

it('lets a retry run whose first caller hung up before the group started', async () => {
  const { queue, groups, entered, release } = heldQueue({ size: 8, inFlight: 1, waiting: 100 });
  const started = queue.submit(operation('a'));
  await entered;
  const left = queue.submit({ ...operation('b'), isWanted: () => false });
  const stayed = queue.submit(operation('b'));
  release();
  const outcomes = await Promise.all([started, left, stayed]);
  expect(outcomes.map(({ kind }) => kind)).toEqual(['executed', 'failed', 'executed']);
  expect(groups).toEqual([['a'], ['b']]);
});

it('refuses at once what would pass the bytes that may wait, and takes as many again when they have gone', async () => {
  const { queue, entered, release } = heldQueue({ size: 10, inFlight: 1, waitingBytes: 100 });
  const first = queue.submit({ ...operation('a'), bytes: 90 });
  await entered;
  const running = [queue.submit({ ...operation('b'), bytes: 90 })];
  const refused = await queue.submit({ ...operation('c'), bytes: 20 });
  expect(refused).toMatchObject({ kind: 'failed', error: { code: 'overloaded' } });
  release();
  await Promise.all([first, ...running]);
  expect((await queue.submit({ ...operation('c'), bytes: 20 })).kind).toBe('executed');
});

it('lets one route’s groups go while another route has all of its own in flight and a queue behind them', async () => {
  const flooded = heldQueue({ size: 1, inFlight: 2, waiting: 100 });
  const flood = Array.from({ length: 50 }, (_, index) => flooded.queue.submit(operation(`flood ${index}`)));
  await flooded.entered;
  const other = new GroupQueue<string>(flooded.engine, async (operations) =>
    operations.map(() => ({ status: 200 })),
  );
  expect((await other.submit(operation('other'))).kind).toBe('executed');
  flooded.release();
  await Promise.all(flood);
});
