import { deferred } from '../engine/deferred.js';
import { Sweeper } from '../engine/sweeper.js';
import { Refusal } from '../errors.js';
import type { Answer } from '../operation.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import { type Instance, LeasedDatabase, operation } from './leased-database.spec.js';
import type { LeasedOperation } from './leased-operation.js';

const database = new LeasedDatabase();
let here: Instance;
let there: Instance;

beforeAll(() => database.create());
beforeEach(async () => {
  await database.clear();
  [here, there] = [await database.instance(), await database.instance()];
});
afterAll(() => database.drop());

const answer = (text: string): Answer => ({ status: 201, body: Buffer.from(text) });
const insert = (name: string) => ({ text: 'INSERT INTO effect (name) VALUES ($1)', values: [name] });
const key = () =>
  database.rows('SELECT status, method, path, created_at IS NOT NULL AS known FROM idempotency_key');
const steps = () => database.rows<{ name: string }>('SELECT name FROM idempotency_step ORDER BY name');

/** Calls the outside world, here a list, and writes to the database. */
const pay =
  (calls: string[], before: (step: string) => unknown = () => undefined) =>
  async (leased: LeasedOperation<string>): Promise<Answer> => {
    const charge = await leased.step('charge', async ({ key }) => {
      calls.push(key);
      await before('charged');
      return { id: `ch_${calls.length}` };
    });
    await before('recorded');
    await leased.write('ledger', (transaction) => transaction.query(insert('ledger')).then(() => undefined));
    await before('written');
    await leased.finish((transaction) => transaction.query(insert('last')));
    await before('finished');
    return answer(charge.id);
  };

it('stores the claim before the handler runs, for everybody to see, and the answer behind it', async () => {
  const calls: string[] = [];
  const seen: unknown[] = [];
  const outcome = await here.leased.execute(operation(), async (leased) => {
    seen.push(await key());
    expect((await there.leased.execute(operation(), pay(calls))).kind).toBe('in-flight');
    expect((await there.leased.execute(operation('k', '1:b'), pay(calls))).kind).toBe('mismatched');
    expect((await there.plain.execute([operation()], async () => [answer('plain')]))[0]?.kind).toBe(
      'in-flight',
    );
    expect((await there.plain.execute([operation('k', '1:b')], async () => []))[0]?.kind).toBe('mismatched');
    expect((await here.leased.execute(operation(), pay(calls))).kind).toBe('in-flight');
    return pay(calls)(leased);
  });
  expect(seen).toEqual([[{ status: 'Received', method: 'POST', path: '/payments', known: true }]]);
  expect(outcome).toMatchObject({ kind: 'executed', answer: answer('ch_1') });
  for (const { leased, plain } of [here, there]) {
    expect(await leased.execute(operation(), pay(calls))).toMatchObject({
      kind: 'replayed',
      answer: answer('ch_1'),
    });
    expect(await plain.execute([operation()], async () => [])).toMatchObject([{ kind: 'replayed' }]);
    expect(await leased.execute(operation('k', '1:b'), pay(calls))).toEqual({ kind: 'mismatched' });
  }
  expect([calls.length, await database.effects(), await steps()]).toEqual([1, ['last', 'ledger'], []]);
});

it('counts operations in flight, with a lease or without, until they are over, whatever became of them', async () => {
  const counts: number[] = [];
  const counting = await database.instance(
    {},
    { observer: { inFlight: (count) => void counts.push(count) } },
  );
  await counting.plain.execute([operation('plain')], async () => {
    expect(await counting.leased.execute(operation(), pay([]))).toMatchObject({ kind: 'executed' });
    return [answer('plain')];
  });
  await counting.leased.execute(operation('fails'), () => Promise.reject(new TypeError('early')));
  expect(counts).toEqual([1, 2, 1, 0, 1, 0]);
});

it('excludes a claim without a lease for the same key, and is excluded by it', async () => {
  const [entered, go] = [deferred<void>(), deferred<void>()];
  const plain = here.plain.execute([operation()], async () => {
    entered.resolve();
    await go.promise;
    return [answer('plain')];
  });
  await entered.promise;
  const untouched = jest.fn();
  expect(await there.leased.execute(operation(), untouched)).toEqual({ kind: 'in-flight' });
  expect(await there.leased.execute(operation('k', '1:b'), untouched)).toEqual({ kind: 'mismatched' });
  go.resolve();
  expect(await plain).toMatchObject([{ kind: 'executed' }]);
  expect(await there.leased.execute(operation(), untouched)).toMatchObject({ kind: 'replayed' });
  expect(untouched).not.toHaveBeenCalled();
});

it('gives the key back at once when the handler fails, and the retry continues from what is recorded', async () => {
  const calls: string[] = [];
  const fail = (at: string) => (step: string) => {
    if (step === at) throw new TypeError(at);
  };
  for (const at of ['charged', 'recorded', 'written', 'finished']) {
    expect(await here.leased.execute(operation(), pay(calls, fail(at)))).toMatchObject({
      kind: 'failed',
      error: { message: at },
    });
    expect(await there.leased.execute(operation('k', '1:b'), pay(calls))).toEqual({ kind: 'mismatched' });
  }
  expect(await steps()).toEqual([{ name: 'charge' }, { name: 'ledger' }]);
  expect(await there.leased.execute(operation(), pay(calls))).toMatchObject({ answer: answer('ch_2') });
  expect([new Set(calls).size, calls.length]).toEqual([1, 2]);
  expect(await database.effects()).toEqual(['last', 'ledger']);
});

it('leaves nothing of an operation that failed before anything was begun', async () => {
  await here.leased.execute(operation(), () => Promise.reject(new TypeError('early')));
  expect(await key()).toEqual([]);
  expect(await there.leased.execute(operation('k', '1:b'), pay([]))).toMatchObject({ kind: 'executed' });
});

it('stores a refusal as an answer, without the last writes', async () => {
  const refuse = async (leased: LeasedOperation<string>): Promise<Answer> => {
    await leased.finish((transaction) => transaction.query(insert('never')));
    throw new Refusal({ status: 402, body: Buffer.from('declined') });
  };
  expect(await here.leased.execute(operation(), refuse)).toMatchObject({
    kind: 'executed',
    answer: { status: 402 },
  });
  expect(await there.leased.execute(operation(), refuse)).toMatchObject({
    kind: 'replayed',
    answer: { status: 402 },
  });
  expect(await database.effects()).toEqual([]);
});

it('lets exactly one continue an abandoned operation, however many race', async () => {
  const instances = [here, there, await database.instance(), await database.instance()];
  const fences: bigint[] = [];
  for (let round = 0; round < 10; round += 1) {
    const racing = operation(`k${round}`);
    await here.leased.execute(racing, (leased) =>
      leased.step('begun', async () => undefined).then(() => Promise.reject(new TypeError('abandoned'))),
    );
    const [refused, ended] = [deferred<void>(), deferred<void>()];
    let losers = 0;
    const outcomes = instances.map(async ({ leased }) => {
      const outcome = await leased.execute(racing, async ({ fence }) => {
        fences.push(fence);
        await ended.promise;
        return answer('won');
      });
      if (outcome.kind === 'in-flight' && ++losers === instances.length - 1) refused.resolve();
      return outcome.kind;
    });
    await Promise.race([refused.promise, Promise.all(outcomes)]);
    ended.resolve();
    expect((await Promise.all(outcomes)).sort()).toEqual(['executed', 'in-flight', 'in-flight', 'in-flight']);
  }
  expect(fences).toEqual([...new Set(fences)].sort((left, right) => (left < right ? -1 : 1)));
});

it('is not swept while its lease is held, even past the key’s life, and is counted when it was abandoned', async () => {
  const abandoned: number[] = [];
  const observer = { abandoned: (keys: number) => void abandoned.push(keys) };
  const sweeper = new Sweeper(new TypeOrmConnections(there.source), observer, {
    interval: 0,
    grace: 0,
    batch: 10,
  });
  await here.leased.execute(operation(), async (leased) => {
    await leased.step('begun', async () => undefined);
    await database.rows("UPDATE idempotency_key SET expires_at = now() - interval '1 s'");
    expect(await sweeper.sweep()).toBe(0);
    expect((await there.plain.execute([operation('k', '1:b')], async () => [answer('plain')]))[0]?.kind).toBe(
      'mismatched',
    );
    throw new TypeError('abandoned');
  });
  expect([await sweeper.sweep(), abandoned, await key(), await steps()]).toEqual([1, [1], [], []]);
});

it('gives an abandoned operation to the same request without a lease, whose route is leased no more', async () => {
  await here.leased.execute(operation(), (leased) =>
    leased.step('begun', async () => undefined).then(() => Promise.reject(new TypeError('abandoned'))),
  );
  const plain = async () => [answer('plain')];
  expect(await there.plain.execute([operation('k', '1:b')], plain)).toEqual([{ kind: 'mismatched' }]);
  expect(await there.plain.execute([operation()], plain)).toMatchObject([{ kind: 'executed' }]);
  expect(await here.leased.execute(operation(), pay([]))).toMatchObject({
    kind: 'replayed',
    answer: answer('plain'),
  });
});
