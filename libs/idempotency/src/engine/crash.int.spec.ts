import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createTestDatabase, type Loss, TcpLink, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';

import type { Operation, Outcome } from '../operation.js';
import { migrateEffects } from '../spec/migrate.js';
import { engineConnectionOptions } from '../typeorm/engine-connection-options.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import type { Effect } from './effect.js';
import { Engine } from './engine.js';

const operation: Operation<string> = { scope: 'caller:alice', key: 'k', fingerprint: '1:a', input: 'k' };

const effect: Effect<string> = async (_, transaction) => {
  await transaction.query({ text: "INSERT INTO effect (name) VALUES ('k')" });
  return [{ status: 201, body: Buffer.from('k') }];
};

/** The built package: the child is a process of its own, without jest's transforms. */
const packageEntry = join(__dirname, '../../dist/index.js');

let database: TestDatabase;
let source: DataSource;

async function connect(url: string, pipeline = true): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    url,
    installExtensions: false,
    extra: { ...engineConnectionOptions(), pipeline, max: 4 },
  }).initialize();
}

beforeEach(async () => {
  database = await createTestDatabase(migrateEffects, 'idempotency-engine');
  source = await connect(database.url);
});

afterEach(async () => {
  await source.destroy();
  await database.drop();
});

/** As a client does: again, until nobody says "in flight" any more. */
async function retry(): Promise<Outcome | undefined> {
  const engine = new Engine(new TypeOrmConnections(source));
  for (;;) {
    const [outcome] = await engine.execute([operation], effect);
    if (outcome?.kind !== 'in-flight') return outcome;
    await pause(10);
  }
}

async function expectOneEffect(): Promise<void> {
  expect(await source.query('SELECT name FROM effect')).toEqual([{ name: 'k' }]);
  expect(await source.query('SELECT key, status FROM idempotency_key')).toEqual([
    { key: 'k', status: 'Processed' },
  ]);
}

it.each([
  ['after the claim', 'executed'],
  ['after the effect', 'executed'],
  ['after the commit, before the answer', 'replayed'],
])('keeps the promise when the process is killed (SIGKILL) %s', async (point, kind) => {
  const child = spawn(
    process.execPath,
    [join(__dirname, '../spec/dying-process.mjs'), packageEntry, database.url, point],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
  expect(await retry()).toMatchObject({ kind, answer: { status: 201, body: Buffer.from('k') } });
  await expectOneEffect();
});

describe.each([
  ['pipelined', true],
  ['one statement at a time', false],
])('a connection lost at the COMMIT, %s', (_, pipeline) => {
  it.each<[string, Loss]>([
    ['before the commit', 'commit request'],
    ['after the commit, before its acknowledgement', 'commit'],
  ])('gives the owner his own first answer: %s', async (_when, loss) => {
    const { link, url } = await TcpLink.to(database.url);
    const behind = await connect(url, pipeline);
    const { heal } = link.lose(loss, 1);
    const [outcome] = await new Engine(new TypeOrmConnections(behind)).execute([operation], effect);
    expect(outcome).toMatchObject({ kind: 'executed', answer: { status: 201, body: Buffer.from('k') } });
    expect(heal()).toBe(1);
    await expectOneEffect();
    await behind.destroy();
    link.close();
  });
});

it('frees the key of an operation that outlives its deadline', async () => {
  const engine = new Engine(new TypeOrmConnections(source), { operationTimeout: 100 });
  const [outcome] = await engine.execute([operation], () => new Promise(() => undefined));
  expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'operation-deadline' } });
  expect(await retry()).toMatchObject({ kind: 'executed' });
  await expectOneEffect();
});

it('says unavailable in time when the database does not answer the claim, and runs nothing', async () => {
  const { link, url } = await TcpLink.to(database.url);
  const behind = await connect(url);
  await behind.query('SELECT 1');
  link.withhold();
  const untouched = jest.fn();
  const [outcome] = await new Engine(new TypeOrmConnections(behind), { claimTimeout: 200 }).execute(
    [operation],
    untouched,
  );
  expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'idempotency-unavailable' } });
  expect(untouched).not.toHaveBeenCalled();
  link.close();
  await behind.destroy();
  expect(await retry()).toMatchObject({ kind: 'executed' });
});

it('says unavailable when no connection is had in time, and runs nothing', async () => {
  const engine = new Engine(new TypeOrmConnections(source), { claimTimeout: 50 });
  const taken = await Promise.all([1, 2, 3, 4].map(() => new TypeOrmConnections(source).connect()));
  const untouched = jest.fn();
  const [outcome] = await engine.execute([operation], untouched);
  expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'idempotency-unavailable' } });
  expect(untouched).not.toHaveBeenCalled();
  for (const connection of taken) connection.release();
  expect(await retry()).toMatchObject({ kind: 'executed' });
});
