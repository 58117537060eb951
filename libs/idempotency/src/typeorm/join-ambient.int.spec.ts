import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { Engine } from '../engine/engine.js';
import type { Outcome } from '../operation.js';
import { migrateShop, Note } from '../spec/shop.js';
import { engineConnectionOptions } from './engine-connection-options.js';
import { joinAmbientTransactions } from './join-ambient.js';
import { TypeOrmConnections } from './typeorm-connections.js';

let database: TestDatabase;
let source: DataSource;
let engine: Engine;
let next = 0;

beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
  source = await new DataSource({
    type: 'postgres',
    url: database.url,
    entities: [Note],
    installExtensions: false,
    extra: { ...engineConnectionOptions(), max: 3 },
  }).initialize();
  joinAmbientTransactions(source);
  engine = new Engine(new TypeOrmConnections(source));
});
beforeEach(() => source.query('TRUNCATE note RESTART IDENTITY'));
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

async function inOperation(work: () => Promise<unknown>): Promise<Outcome | undefined> {
  const operation = { scope: 'spec', key: `k${++next}`, fingerprint: '1:a', input: undefined };
  const [outcome] = await engine.execute([operation], async () => {
    await work();
    return [{ status: 200 }];
  });
  return outcome;
}

const texts = async (): Promise<string[]> =>
  (await source.getRepository(Note).find()).map(({ text }) => text).sort();
const save = (text: string) => source.getRepository(Note).save({ text });
const fail = (): never => {
  throw new TypeError('rolled back');
};

it.each<[string, () => Promise<unknown>]>([
  ['repository.save', () => save('x')],
  ['repository.insert', () => source.getRepository(Note).insert({ text: 'x' })],
  ['manager.save', () => source.manager.save(Note, { text: 'x' })],
  ['a query builder', () => source.createQueryBuilder().insert().into(Note).values({ text: 'x' }).execute()],
  ['dataSource.query', () => source.query("INSERT INTO note (text) VALUES ('x')")],
  ['dataSource.transaction', () => source.transaction((manager) => manager.save(Note, { text: 'x' }))],
])('lets %s join: it commits and rolls back with the operation', async (_, write) => {
  expect(await inOperation(write)).toMatchObject({ kind: 'executed' });
  expect(await texts()).toEqual(['x']);
  expect(await inOperation(() => write().then(fail))).toMatchObject({ kind: 'failed' });
  expect(await texts()).toEqual(['x']);
});

it('makes a savepoint of a nested transaction: only its own writes vanish with it', async () => {
  await inOperation(async () => {
    await save('before');
    await source
      .transaction((manager) => manager.save(Note, { text: 'nested' }).then(fail))
      .catch(() => undefined);
    await save('after');
  });
  expect(await texts()).toEqual(['after', 'before']);
});

it('serialises what siblings do at the same time, nested transactions included', async () => {
  const nested = (text: string, end: () => unknown) =>
    source
      .transaction(async (manager) => {
        await manager.save(Note, { text });
        // Inside, a plain repository belongs to the nested transaction too.
        await save(`${text} inner`);
        await manager.transaction((inner) => inner.save(Note, { text: `${text} innermost` }));
        end();
      })
      .catch(() => undefined);
  await inOperation(() =>
    Promise.all([
      nested('a', () => 0),
      nested('b', fail),
      save('c'),
      nested('d', () => 0),
      nested('e', fail),
      save('f'),
    ]),
  );
  expect(await texts()).toEqual(['a', 'a inner', 'a innermost', 'c', 'd', 'd inner', 'd innermost', 'f']);
});

it('makes a forgotten await visible: a write after the end is refused, and lands nowhere', async () => {
  let late: Promise<unknown> = Promise.resolve();
  let go: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    go = resolve;
  });
  await inOperation(async () => {
    late = over.then(() => save('late'));
    late.catch(() => undefined);
  });
  go();
  await expect(late).rejects.toMatchObject({ code: 'transaction-settled' });
  expect(await texts()).toEqual([]);
});

it('refuses a write that was asked for in time but would reach the connection behind the COMMIT', async () => {
  let late: Promise<unknown> = Promise.resolve();
  let go: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    go = resolve;
  });
  // TypeORM awaits its subscribers between its own query and the connection's.
  const slow = {
    beforeQuery: ({ query }: { query: string }) => (query.startsWith('INSERT') ? over : undefined),
  };
  source.subscribers.push(slow);
  try {
    const outcome = await inOperation(async () => {
      late = save('late');
      late.catch(() => undefined);
    });
    expect(outcome?.kind).toBe('executed');
    go();
    await expect(late).rejects.toMatchObject({ driverError: { code: 'transaction-settled' } });
  } finally {
    source.subscribers.splice(source.subscribers.indexOf(slow), 1);
  }
  expect(await texts()).toEqual([]);
});

it('changes nothing outside of operations', async () => {
  await save('plain');
  await source.transaction((manager) => manager.save(Note, { text: 'own transaction' }));
  expect(await texts()).toEqual(['own transaction', 'plain']);
});
