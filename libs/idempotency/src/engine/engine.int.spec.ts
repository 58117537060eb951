import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { Refusal } from '../errors.js';

import type { Answer, Operation, Outcome } from '../operation.js';
import { migrateEffects } from '../spec/migrate.js';
import { engineConnectionOptions } from '../typeorm/engine-connection-options.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import { deferred } from './deferred.js';
import type { Effect } from './effect.js';
import { Engine } from './engine.js';

let database: TestDatabase;
let sources: DataSource[] = [];

async function connect(pipeline = true): Promise<DataSource> {
  const source = await new DataSource({
    type: 'postgres',
    url: database.url,
    installExtensions: false,
    extra: { ...engineConnectionOptions(), pipeline, max: 4 },
  }).initialize();
  sources.push(source);
  return source;
}

async function engineOf(source: DataSource): Promise<Engine> {
  return new Engine(new TypeOrmConnections(source));
}

beforeAll(async () => {
  database = await createTestDatabase(migrateEffects, 'idempotency-engine');
});

afterEach(async () => {
  const [source] = sources;
  const held = await source?.query(
    "SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
  );
  expect(held).toEqual([]);
  await source?.query('TRUNCATE idempotency_key, effect');
  await Promise.all(sources.map((each) => each.destroy()));
  sources = [];
});

afterAll(() => database.drop());

function operation(
  key: string,
  fingerprint = '1:a',
  more: Partial<Operation<string>> = {},
): Operation<string> {
  return { scope: 'caller:alice', key, fingerprint, input: key, ...more };
}

const answer = (text: string): Answer => ({
  status: 201,
  headers: { location: `/${text}` },
  body: Buffer.from(text),
});

const write: Effect<string> = async (operations, transaction) => {
  for (const { input } of operations) {
    await transaction.query({ text: 'INSERT INTO effect (name) VALUES ($1)', values: [input] });
  }
  return operations.map(({ input }) => answer(input));
};

async function effects(source: DataSource): Promise<string[]> {
  const rows: { name: string }[] = await source.query('SELECT name FROM effect ORDER BY name');
  return rows.map(({ name }) => name);
}

const kinds = (outcomes: readonly Outcome[]): string[] => outcomes.map(({ kind }) => kind);

describe.each([
  ['pipelined', true],
  ['one statement at a time', false],
])('the engine, %s', (_, pipeline) => {
  it('executes an operation once and replays its answer, byte for byte, also elsewhere', async () => {
    const [here, there] = [await connect(pipeline), await connect(pipeline)];
    const [first] = await (await engineOf(here)).execute([operation('k')], write);
    const [second] = await (await engineOf(there)).execute([operation('k')], write);
    expect(first).toMatchObject({ kind: 'executed', answer: answer('k') });
    expect(second).toEqual({ ...first, kind: 'replayed' });
    expect(await effects(here)).toEqual(['k']);
  });

  it('refuses the key for another request', async () => {
    const source = await connect(pipeline);
    const engine = await engineOf(source);
    await engine.execute([operation('k')], write);
    expect(kinds(await engine.execute([operation('k', '1:b')], write))).toEqual(['mismatched']);
  });

  it.each([
    ['in this process', false],
    ['in another process', true],
  ])('says in flight, or mismatched, while the first one runs %s', async (_name, elsewhere) => {
    const source = await connect(pipeline);
    const engine = await engineOf(source);
    const other = elsewhere ? await engineOf(await connect(pipeline)) : engine;
    const [started, go] = [deferred<void>(), deferred<void>()];
    const running = engine.execute([operation('k')], async (operations, transaction) => {
      started.resolve();
      await go.promise;
      return write(operations, transaction);
    });
    await started.promise;
    expect(kinds(await other.execute([operation('k')], write))).toEqual(['in-flight']);
    expect(kinds(await other.execute([operation('k', '1:b')], write))).toEqual(['mismatched']);
    expect(kinds(await other.execute([operation('k', '1:a', { scope: 'caller:bob' })], write))).toEqual([
      'executed',
    ]);
    go.resolve();
    expect(kinds(await running)).toEqual(['executed']);
    expect(kinds(await other.execute([operation('k')], write))).toEqual(['replayed']);
    expect(await effects(source)).toEqual(['k', 'k']);
  });

  it('leaves nothing of a failed operation, and the key free', async () => {
    const source = await connect(pipeline);
    const engine = await engineOf(source);
    const outcomes = await engine.execute([operation('k')], async (operations, transaction) => {
      await write(operations, transaction);
      throw new TypeError('a defect');
    });
    expect(outcomes).toEqual([{ kind: 'failed', error: new TypeError('a defect') }]);
    expect(await effects(source)).toEqual([]);
    expect(kinds(await engine.execute([operation('k')], write))).toEqual(['executed']);
  });

  it('stores a refusal without the writes and the hooks that came before it', async () => {
    const source = await connect(pipeline);
    const engine = await engineOf(source);
    const hook = jest.fn();
    const refuse: Effect<string> = async (operations, transaction) => {
      await write(operations, transaction);
      transaction.afterCommit(hook);
      throw new Refusal({ status: 409, body: Buffer.from('no') });
    };
    expect(await engine.execute([operation('k')], refuse)).toMatchObject([
      { kind: 'executed', answer: { status: 409 } },
    ]);
    expect(await engine.execute([operation('k')], write)).toMatchObject([
      { kind: 'replayed', answer: { status: 409, body: Buffer.from('no') } },
    ]);
    expect(await effects(source)).toEqual([]);
    expect(hook).not.toHaveBeenCalled();
  });

  it('splits a failing group until the culprits stand alone, in order', async () => {
    const source = await connect(pipeline);
    const engine = await engineOf(source);
    const names = ['a', 'b', 'bad', 'c', 'refused', 'd', 'e'];
    const outcomes = await engine.execute(
      names.map((name) => operation(name)),
      async (operations, transaction) => {
        const results = await write(operations, transaction);
        if (operations.some(({ input }) => input === 'bad')) throw new RangeError('bad');
        if (operations.some(({ input }) => input === 'refused')) throw new Refusal({ status: 422 });
        return results;
      },
    );
    expect(kinds(outcomes)).toEqual([
      'executed',
      'executed',
      'failed',
      'executed',
      'executed',
      'executed',
      'executed',
    ]);
    expect(await effects(source)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(kinds(await engine.execute([operation('bad'), operation('refused')], write))).toEqual([
      'executed',
      'replayed',
    ]);
  });

  it('collapses duplicates in a group, and lets the first of several requests have the key', async () => {
    const source = await connect(pipeline);
    const engine = await engineOf(source);
    const outcomes = await engine.execute(
      [operation('k'), operation('k'), operation('k', '1:b'), operation('l')],
      write,
    );
    expect(kinds(outcomes)).toEqual(['executed', 'replayed', 'mismatched', 'executed']);
    expect(await effects(source)).toEqual(['k', 'l']);
  });

  it('notices that a swallowed error rolled the transaction back', async () => {
    const source = await connect(pipeline);
    const engine = await engineOf(source);
    const outcomes = await engine.execute([operation('k')], async (operations, transaction) => {
      await write(operations, transaction);
      await transaction.query({ text: 'SELECT 1/0' }).catch(() => undefined);
      return [answer('k')];
    });
    expect(outcomes).toMatchObject([{ kind: 'failed', error: { code: 'commit-refused' } }]);
    expect(await effects(source)).toEqual([]);
  });

  it('takes an expired key as new, once', async () => {
    const source = await connect(pipeline);
    const engine = await engineOf(source);
    await engine.execute([operation('k')], write);
    await source.query("UPDATE idempotency_key SET expires_at = now() - interval '1 second'");
    expect(kinds(await engine.execute([operation('k', '1:b')], write))).toEqual(['executed']);
    expect(kinds(await engine.execute([operation('k', '1:b')], write))).toEqual(['replayed']);
    expect(await effects(source)).toEqual(['k', 'k']);
  });

  it('keeps a key for as long as it is told to, beyond what fits 32 bits of milliseconds or seconds', async () => {
    const engine = await engineOf(await connect(pipeline));
    const years = 100;
    const [outcome] = await engine.execute(
      [operation('k', '1:a', { retention: years * 366 * 86_400 })],
      write,
    );
    expect(outcome).toMatchObject({ kind: 'executed' });
    const { answer: stored } = outcome as { answer: { expiresAt: Date } };
    expect(stored.expiresAt.getFullYear() - new Date().getFullYear()).toBeGreaterThanOrEqual(years);
  });

  it('stores bytes that no text column takes', async () => {
    const source = await connect(pipeline);
    const engine = await engineOf(source);
    const body = Buffer.from([0, 255, 0xed, 0xa0, 0x80, 10]);
    await engine.execute([operation('k')], async () => [{ status: 200, body }]);
    const [replay] = await engine.execute([operation('k')], write);
    expect(replay).toMatchObject({ kind: 'replayed', answer: { body } });
  });
});
