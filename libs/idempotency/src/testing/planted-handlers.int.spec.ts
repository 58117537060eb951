import { AssertionError } from 'node:assert';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { Engine } from '../engine/engine.js';
import { migrateShop, Note } from '../spec/shop.js';
import type { Transaction } from '../transaction.js';
import { engineConnectionOptions } from '../typeorm/engine-connection-options.js';
import { joinAmbientTransactions } from '../typeorm/join-ambient.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import { crashCases } from './crash-cases.js';
import type { CrashTarget, Instance } from './crash-suite.js';
import { poolOf } from './interpose.js';

interface Process extends Instance {
  readonly database: DataSource;
  readonly engine: Engine;
}

type Handler = (text: string, process: Process, transaction: Transaction) => Promise<unknown>;

let database: TestDatabase;
let elsewhere: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
  elsewhere = new pg.Pool({ connectionString: database.url, max: 2 });
});
afterAll(async () => {
  await elsewhere.end();
  await database.drop();
});

/** A job that writes its key as a note. */
function jobTarget(handler: Handler): CrashTarget<Process> {
  return {
    start: async () => {
      const source = await new DataSource({
        type: 'postgres',
        url: database.url,
        entities: [Note],
        installExtensions: false,
        extra: { ...engineConnectionOptions(), max: 3 },
      }).initialize();
      joinAmbientTransactions(source);
      return {
        database: source,
        engine: new Engine(new TypeOrmConnections(source)),
        stop: () => source.destroy(),
      };
    },
    send: async (process, key) => {
      const operation = { scope: 'job', key, fingerprint: '1:a', input: key };
      const [outcome] = await process.engine.execute([operation], async (_, transaction) => {
        await handler(key, process, transaction);
        return [{ status: 201, headers: { etag: `"${key}"` }, body: Buffer.from(key) }];
      });
      return outcome ?? { status: 500 };
    },
    effects: async (_, key) => {
      const { rows } = await elsewhere.query('SELECT FROM note WHERE text = $1', [key]);
      return rows.length;
    },
    patience: 3_000,
  };
}

const insert = 'INSERT INTO note (text) VALUES ($1)';

async function verdictOf(name: string, handler: Handler): Promise<unknown> {
  const found = crashCases(jobTarget(handler)).find((each) => each.name === name);
  if (!found) throw new Error(`No case is called "${name}".`);
  return found.run().catch((error: unknown) => error);
}

it.each<[string, Handler]>([
  ['through a repository', (text, { database: source }) => source.getRepository(Note).save({ text })],
  ['through the transaction', (text, _, transaction) => transaction.query({ text: insert, values: [text] })],
])('passes a job that writes %s, in every case', async (_, handler) => {
  for (const { name, run } of crashCases(jobTarget(handler))) {
    expect([name, await run().catch((error: unknown) => error)]).toEqual([name, undefined]);
  }
});

describe.each<[string, Handler, Record<string, RegExp>]>([
  [
    'writes through a pool of its own',
    (text) => elsewhere.query(insert, [text]),
    {
      'has one effect and one answer when the process dies in the effect': /its writes are not part of/,
      'has one effect and one answer when the process dies before the commit': /there 1 times instead of 0/,
      'has one effect and one answer when the connection is lost before the commit':
        /there 2 times instead of 1/,
    },
  ],
  [
    'writes through another connection of the same pool',
    async (text, { database: source }, transaction) => {
      await transaction.query({ text: 'SELECT 1' });
      await poolOf(source).query(insert, [text]);
    },
    {
      'has one effect and one answer when the process dies before the commit': /there 1 times instead of 0/,
    },
  ],
  [
    'forgets to await a statement',
    async (text, _, transaction) => {
      void transaction.query({ text: insert, values: [text] });
    },
    { 'awaits every statement of the handler': /await it: INSERT INTO note/ },
  ],
  [
    'forgets to await a repository',
    async (text, { database: source }) => {
      // What it is told is lost too: else the process would end by an unhandled rejection.
      source
        .getRepository(Note)
        .save({ text })
        .catch(() => undefined);
    },
    { 'awaits every statement of the handler': /does it await all that it writes/ },
  ],
  [
    'commits by itself',
    async (text, _, transaction) => {
      await transaction.query({ text: insert, values: [text] });
      await transaction.query({ text: 'COMMIT' });
    },
    { 'has one effect and one answer when the process dies before the answer is recorded': /./ },
  ],
])('a handler that %s', (_, handler, caughtBy) => {
  it.each(Object.entries(caughtBy))('is caught: %s', async (name, message) => {
    const verdict = await verdictOf(name, handler);
    expect(verdict).toBeInstanceOf(AssertionError);
    expect(String(verdict)).toMatch(message);
  });
});
