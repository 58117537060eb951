import { setTimeout as pause } from 'node:timers/promises';
import { seedCatalogue } from '@semel/contracts';
import type { Exactness } from '../report/report.js';
import type { Database } from '../stage/stage.js';
import { RunningSubject } from './order-subjects.js';
import type { Run } from './run.js';

/** The whole shop: orders are placed and confirmed, with every service and the broker on this machine. */
export const e2e: Run = async (stage, { seconds, warmUpSeconds }) => {
  const alone = await RunningSubject.start(stage, { name: 'order-alone', writes: 'orders and keys' });
  if (warmUpSeconds > 0) await alone.load('warm-up', { connections: 64, seconds: warmUpSeconds });
  await alone.load('alone', { connections: 64, seconds });
  // Its consumer is of the same group as the other's.
  await stage.stopProgram(alone.program);

  const plain = await RunningSubject.start(stage, {
    name: 'plain-typeorm',
    baseline: 'plain-typeorm',
    writes: 'orders',
  });
  if (warmUpSeconds > 0) await plain.load('warm-up', { connections: 64, seconds: warmUpSeconds });
  await plain.load('alone', { connections: 64, seconds });
  await stage.stopProgram(plain.program);

  const stock = await stage.database('bench_e2e_inventory', 'inventory');
  const order = await RunningSubject.start(stage, {
    name: 'order-e2e',
    writes: 'orders and keys',
    relays: true,
  });
  const inventory = await stage.launch({ name: 'inventory', program: 'inventory', database: stock });
  const operator = await stage.authority.token('bench', 'operator');
  for (const { sku } of seedCatalogue) {
    await fetch(`${inventory.url}/stock/${sku}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${operator}`, 'content-type': 'application/json' },
      body: '{"available":1000000000}',
    });
  }
  const database = order.database;
  if (!database) throw new Error('Order has no database.');
  if (warmUpSeconds > 0) await order.load('warm-up', { connections: 64, seconds: warmUpSeconds });
  await settled(database);

  const before = await countStatus(database, 'confirmed');
  const { sample } = await order.load('sustained', { connections: 64, seconds });
  const sustained = ((await countStatus(database, 'confirmed')) - before) / seconds;
  await settled(database);
  stage.say(`placed ${Math.round(sample.perSecond)}/s, confirmed ${Math.round(sustained)}/s`);

  const { rows: clock } = await database.pool.query('SELECT clock_timestamp() AS now');
  await order.load('half', { connections: 256, seconds, rate: Math.max(1, sustained / 2) });
  await settled(database);
  const { rows: delays } = await database.pool.query(
    `SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM updated_at - placed_at))::float8 AS p99
     FROM orders WHERE status = 'confirmed' AND placed_at >= $1`,
    [clock[0].now],
  );
  const confirmed = order.measured('sustained');
  return {
    run: 'e2e',
    seconds,
    measured: [
      alone.measured('alone'),
      plain.measured('alone'),
      confirmed,
      {
        ...confirmed,
        name: 'confirmed',
        median: { ...confirmed.median, perSecond: sustained },
        spread: { ...confirmed.spread, perSecond: [sustained, sustained] },
      },
    ],
    figures: [
      {
        what: 'orders placed and confirmed against POST alone',
        value: sustained / alone.measured('alone').median.perSecond,
        target: 0.4,
        bound: 'at least',
      },
      {
        what: 'POST with relay, Inventory and broker at work beside it, against the plain service alone',
        value: confirmed.median.perSecond / plain.measured('alone').median.perSecond,
        target: 3,
        bound: 'at least',
      },
      {
        what: 'from POST to confirmed at half that load, p99 in seconds',
        value: delays[0].p99,
        target: 1,
        bound: 'at most',
      },
    ],
    exactness: [...(await order.exactness()), ...(await plain.exactness()), await reserved(database, stock)],
  };
};

async function countStatus({ pool }: Database, status: string): Promise<number> {
  const { rows } = await pool.query('SELECT count(*)::int AS count FROM orders WHERE status = $1', [status]);
  return rows[0].count;
}

/** Until every order has been decided. */
async function settled(database: Database): Promise<void> {
  while ((await countStatus(database, 'placed')) > 0) await pause(100);
}

/** Every confirmed order holds its pieces, no more and no less. */
async function reserved(order: Database, inventory: Database): Promise<Exactness> {
  const { rows: ordered } = await order.pool.query(`
    SELECT count(DISTINCT o.id)::int AS confirmed, coalesce(sum(l.quantity), 0)::int AS pieces
    FROM orders AS o JOIN order_line AS l ON l.order_id = o.id WHERE o.status = 'confirmed'`);
  const { rows: held } = await inventory.pool.query(`
    SELECT (SELECT count(*)::int FROM reservation WHERE status = 'reserved') AS reservations,
           (SELECT sum(reserved)::int FROM stock) AS reserved`);
  const { confirmed, pieces } = ordered[0];
  const { reservations, reserved: pieceCount } = held[0];
  return {
    subject: 'inventory',
    counts: { confirmed, pieces, reservations, reserved: pieceCount },
    exact: confirmed === reservations && pieces === pieceCount,
  };
}
