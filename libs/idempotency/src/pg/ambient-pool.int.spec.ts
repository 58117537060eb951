import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import pg from 'pg';
import { Engine } from '../engine/engine.js';
import type { Outcome } from '../operation.js';
import { ambientPool, engineConnectionOptions, migrateIdempotency, PgConnections } from './index.js';

let database: TestDatabase;
let pool: pg.Pool;
let ambient: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase(async (url) => {
    const migrating = new pg.Pool({ connectionString: url });
    await migrateIdempotency(migrating);
    await migrating.query('CREATE TABLE note (text text NOT NULL)');
    await migrating.end();
  }, 'idempotency-pg');
  pool = new pg.Pool({ connectionString: database.url, max: 4, ...engineConnectionOptions() });
  ambient = ambientPool(pool);
});
beforeEach(() => pool.query('TRUNCATE note, idempotency_key'));
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function execute(work: () => Promise<unknown>): Promise<Outcome | undefined> {
  const operation = { scope: 'job', key: 'k', fingerprint: '1:a', input: undefined };
  const [outcome] = await new Engine(new PgConnections(pool)).execute([operation], async () => {
    await work();
    return [{ status: 200 }];
  });
  return outcome;
}

const insert = 'INSERT INTO note (text) VALUES ($1)';

async function notes(): Promise<string[]> {
  const { rows } = await pool.query<{ text: string }>('SELECT text FROM note ORDER BY text');
  return rows.map(({ text }) => text);
}

it('undoes with the operation whatever was written through it, by promise or by callback', async () => {
  const outcome = await execute(async () => {
    await ambient.query({ text: insert, values: ['a'] });
    await new Promise<void>((resolve, reject) => {
      ambient.query(insert, ['b'], (error) => (error ? reject(error) : resolve()));
    });
    const { rows } = await ambient.query('SELECT text FROM note ORDER BY text');
    expect(rows).toEqual([{ text: 'a' }, { text: 'b' }]);
    throw new Error('a defect');
  });
  expect(outcome).toMatchObject({ kind: 'failed', error: { message: 'a defect' } });
  expect(await notes()).toEqual([]);
});

it('is the pool itself outside of operations', async () => {
  await ambient.query(insert, ['a']);
  const client = await ambient.connect();
  await client.query('BEGIN');
  await client.query(insert, ['b']);
  await client.query('ROLLBACK');
  client.release();
  expect(await notes()).toEqual(['a']);
  expect(ambient.idleCount).toBe(pool.idleCount);
});

it('makes savepoints of the handler’s own transactions, one in another', async () => {
  const outcome = await execute(async () => {
    const outer = await ambient.connect();
    await outer.query('BEGIN');
    await outer.query(insert, ['kept']);
    const inner = await ambient.connect();
    await inner.query('START TRANSACTION ISOLATION LEVEL READ COMMITTED');
    await inner.query(insert, ['undone']);
    await inner.query('rollback');
    inner.release();
    await outer.query('COMMIT');
    outer.release();
  });
  expect(outcome).toMatchObject({ kind: 'executed' });
  expect(await notes()).toEqual(['kept']);
});

it.each<[string, () => Promise<unknown>]>([
  ['ends the operation’s own transaction', () => ambient.query('COMMIT')],
  ['asks for another isolation', () => ambient.query('BEGIN ISOLATION LEVEL SERIALIZABLE')],
  [
    'overlaps with another one',
    async () => {
      const [one, other] = [await ambient.connect(), await ambient.connect()];
      await one.query('BEGIN');
      await other.query('BEGIN');
      await one.query(insert, ['lost']);
    },
  ],
])('refuses a transaction that %s, and nothing of the operation remains', async (_, work) => {
  const outcome = await execute(async () => {
    await ambient.query(insert, ['first']);
    await work();
  });
  expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'nested-transaction' } });
  expect(await notes()).toEqual([]);
});

it('makes a forgotten await visible: a write after the end is refused, and lands nowhere', async () => {
  let late: Promise<unknown> = Promise.resolve();
  await execute(async () => {
    const client = await ambient.connect();
    late = new Promise((resolve) => setTimeout(resolve, 100)).then(() => client.query(insert, ['late']));
  });
  await expect(late).rejects.toMatchObject({ code: 'transaction-settled' });
  expect(await notes()).toEqual([]);
});
