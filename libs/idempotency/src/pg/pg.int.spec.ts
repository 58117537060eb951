import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, text } from 'drizzle-orm/pg-core';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { Engine } from '../engine/engine.js';
import { contractCases } from '../testing/contract-cases.js';
import { crashCases } from '../testing/crash-cases.js';
import type { Instance } from '../testing/crash-suite.js';
import { ambientPool, engineConnectionOptions, migrateIdempotency, PgConnections } from './index.js';

let database: TestDatabase;
let pool: pg.Pool;

const newPool = (): pg.Pool =>
  new pg.Pool({ connectionString: database.url, max: 12, ...engineConnectionOptions() });

beforeAll(async () => {
  database = await createTestDatabase(async (url) => {
    const migrating = new pg.Pool({ connectionString: url });
    await migrateIdempotency(migrating);
    await migrating.query('CREATE TABLE note (text text NOT NULL)');
    await migrating.end();
  }, 'idempotency-pg');
  pool = newPool();
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('the contract, over node-postgres', () => {
  const connections = { connect: () => new PgConnections(pool).connect() };
  it.each(contractCases({ connections, engine: (over) => new Engine(over) }))('$name', ({ run }) => run());
});

const note = pgTable('note', { text: text().notNull() });

interface Notes {
  note: { text: string };
}

/** What a handler does: a transaction of its own, and a write beside it. */
const handlers: Record<string, (ambient: pg.Pool) => (text: string) => Promise<unknown>> = {
  'node-postgres': (ambient) => async (value) => {
    const client = await ambient.connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO note (text) VALUES ($1)', [`undone ${value}`]);
    await client.query('ROLLBACK');
    client.release();
    await ambient.query('INSERT INTO note (text) VALUES ($1)', [value]);
  },
  Kysely: (ambient) => {
    const db = new Kysely<Notes>({ dialect: new PostgresDialect({ pool: ambient }) });
    return async (value) => {
      await db.insertInto('note').values({ text: value }).execute();
      await db
        .transaction()
        .execute((nested) =>
          nested.updateTable('note').set({ text: value }).where('text', '=', value).execute(),
        );
    };
  },
  Drizzle: (ambient) => {
    const db = drizzle({ client: ambient });
    return async (value) => {
      await db.insert(note).values({ text: value });
      await db.transaction((nested) => nested.update(note).set({ text: value }).where(eq(note.text, value)));
    };
  },
};

interface Process extends Instance {
  readonly engine: Engine;
  readonly handle: (text: string) => Promise<unknown>;
}

describe.each(Object.entries(handlers))('crashes of a handler that writes through %s', (_, handlerOver) => {
  const cases = crashCases<Process>({
    start: async () => {
      const own = newPool();
      return {
        database: own,
        engine: new Engine(new PgConnections(own)),
        handle: handlerOver(ambientPool(own)),
        stop: () => own.end(),
      };
    },
    send: async ({ engine, handle }, key) => {
      const operation = { scope: 'job', key, fingerprint: '1:a', input: key };
      const [outcome] = await engine.execute([operation], async () => {
        await handle(key);
        return [{ status: 201, body: Buffer.from(key) }];
      });
      return outcome ?? { status: 500 };
    },
    effects: async (_process, key) => {
      const { rows } = await pool.query('SELECT FROM note WHERE text LIKE $1', [`%${key}`]);
      return rows.length;
    },
  });
  it.each(cases)('$name', ({ run }) => run());
});
