import { once } from 'node:events';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { within } from '../engine/deadline.js';
import { deferred } from '../engine/deferred.js';
import { type AdapterName, Gate, migrateShop, type RunningApp, startShop } from '../spec/shop.js';
import { poolOf } from '../testing/interpose.js';

const connections = 2;
/** Waiters in the instance that executes the operation. */
const beside = 100;
/** For all that is to happen, on a machine that may be busy: it takes five; seconds. */
const patience = 100;
/** How often an instance asks for all of its waiters; milliseconds. */
const interval = 100;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
});
afterAll(() => database.drop());

/** An instance with a small pool, of which it can be awaited that so many wait in it. */
class Instance {
  private readonly full = deferred<void>();
  private running: RunningApp | undefined;

  constructor(private readonly waiting: number) {}

  async start(adapter: AdapterName): Promise<void> {
    const observer = {
      waiting: (requests: number) => requests === this.waiting && this.full.resolve(),
    };
    const { waiting } = this;
    const options = {
      waiting,
      observer,
      wait: patience,
      operationTimeout: patience * 1_000,
      sweeper: { interval: 0 },
    };
    const pool = { max: connections, idle_in_transaction_session_timeout: patience * 1_000 };
    this.running = await startShop(adapter, database.url, options, pool);
  }

  get app(): RunningApp['app'] {
    if (!this.running) throw new Error('The instance was not started.');
    return this.running.app;
  }

  get pool(): pg.Pool {
    return poolOf(this.app.get(DataSource)) as pg.Pool;
  }

  get isFull(): Promise<void> {
    return this.full.promise;
  }

  async send(prefer: string) {
    const response = await fetch(`${this.running?.url}/notes`, {
      method: 'POST',
      headers: { 'idempotency-key': 'k', 'content-type': 'application/json', prefer },
      body: '{"text":"slow"}',
    });
    const { status, headers } = response;
    return {
      status,
      applied: headers.get('preference-applied'),
      replayed: headers.get('idempotency-replayed'),
      body: await response.text(),
    };
  }

  fill(): ReturnType<Instance['send']>[] {
    return Array.from({ length: this.waiting }, () => this.send(`wait=${patience}`));
  }
}

/** Checks out all that the pools have left, so nobody else holds any, and counts what is going on in the database. */
async function transactionsWhileHolding(pools: readonly (readonly [pg.Pool, number])[]): Promise<number> {
  const held = await Promise.all(
    pools.flatMap(([pool, left]) => Array.from({ length: left }, () => pool.connect())),
  );
  try {
    const counts = await Promise.all(held.map((client) => client.query<{ open: number }>(openTransactions)));
    return Math.max(...counts.map(({ rows: [row] }) => row?.open ?? -1));
  } finally {
    for (const client of held) client.release();
  }
}

// The owner's waits for its next statement; those that count are active themselves.
const openTransactions = `
  SELECT count(*)::int AS open FROM pg_stat_activity
  WHERE datname = current_database() AND state LIKE 'idle in transaction%'`;

/** Resolves with the milliseconds between the first and the last of so many check-outs. */
async function timeOf(checkOuts: number, pool: pg.Pool): Promise<number> {
  await once(pool, 'acquire');
  const first = performance.now();
  for (let seen = 1; seen < checkOuts; seen++) await once(pool, 'acquire');
  return performance.now() - first;
}

// The contract's thousand may all be in one process, and in one that does not execute the operation.
describe.each<[AdapterName, number]>([
  ['fastify', 1_000],
  ['express', 250],
])('over %s, %d requests in one process', (adapter, elsewhere) => {
  const owner = new Instance(beside);
  const other = new Instance(elsewhere);
  beforeAll(() => Promise.all([owner.start(adapter), other.start(adapter)]));
  afterAll(() => Promise.all([owner.app.close(), other.app.close()]));
  beforeEach(() => owner.app.get(DataSource).query('TRUNCATE idempotency_key, note RESTART IDENTITY'));

  it(
    'wait without a connection, one more is refused, and all of them are answered alike',
    async () => {
      const [entered, go] = [deferred<string>(), deferred<void>()];
      const gate = owner.app.get(Gate);
      gate.entered = entered.resolve;
      gate.hold = go.promise;
      const first = owner.send('wait=0');
      await entered.promise;
      const waiting = [...owner.fill(), ...other.fill()];
      await Promise.all([owner.isFull, other.isFull]);

      let checkedOut = 0;
      owner.pool.on('acquire', () => checkedOut++);
      expect(await timeOf(4, other.pool)).toBeGreaterThan(3 * interval - 10);
      expect(checkedOut).toBe(0);
      const left = [
        [owner.pool, connections - 1],
        [other.pool, connections],
      ] as const;
      expect(await transactionsWhileHolding(left)).toBe(1);
      for (const instance of [owner, other]) {
        const refused = await within(instance.send(`wait=${patience}`), 10_000);
        expect([refused?.status, refused?.applied]).toEqual([409, `wait=${patience}`]);
      }

      go.resolve();
      const { status, body } = await first;
      expect(status).toBe(201);
      const answers = await Promise.all(waiting);
      expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
        new Set([JSON.stringify({ status, applied: `wait=${patience}`, replayed: 'true', body })]),
      );
      expect(await owner.app.get(DataSource).query('SELECT count(*)::int FROM note')).toEqual([{ count: 1 }]);
    },
    patience * 1_000,
  );
});
