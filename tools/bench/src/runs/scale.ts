import { PURCHASES, seedCatalogue } from '@semel/contracts';
import type { ServiceProcess } from '@semel/platform';
import { type Measured, type Sample, summarise } from '../report/report.js';
import type { Database, Stage } from '../stage/stage.js';
import { Broker, purchasesDone, workOff } from './backlog.js';
import { RunningSubject } from './order-subjects.js';
import type { Run, RunOptions } from './run.js';

const instances = [1, 2, 4];

/** Several instances of a service on one database, behind what deals connections or partitions to them. */
export const scale: Run = async (stage, options) => {
  const order = await scaleOrder(stage, options);
  await order.stop();
  const inventory = await scaleInventory(stage, options);
  const [spread, hot] = inventory.measured.slice(-2);
  return {
    run: 'scale',
    seconds: options.seconds,
    measured: [...order.measured, ...inventory.measured],
    figures: [
      {
        what: 'Inventory with every purchase for one product, against many products',
        value: (hot?.median.perSecond ?? 0) / (spread?.median.perSecond ?? 1),
        target: 0.5,
        bound: 'at least',
      },
    ],
    exactness: [...(await order.exactness()), await exactStock(inventory.database, inventory.sent)],
    notes: ['all instances, PostgreSQL, Kafka and the driver share the cores of this machine'],
  };
};

async function scaleOrder(stage: Stage, { seconds, rounds, warmUpSeconds }: RunOptions) {
  const order = await RunningSubject.start(stage, { name: 'order', writes: 'orders and keys' });
  const { database } = order;
  if (!database) throw new Error('Order has no database.');
  const programs = [order.program];
  const measured: Measured[] = [];
  for (const count of instances) {
    while (programs.length < count) {
      programs.push(await stage.launch({ name: `order-${programs.length + 1}`, program: 'order', database }));
    }
    const shape = { connections: 64, urls: programs.map(({ url }) => url) };
    if (warmUpSeconds > 0) await order.load('warm-up', { ...shape, seconds: warmUpSeconds });
    for (let round = 0; round < rounds; round += 1) await order.load(`${count}`, { ...shape, seconds });
    measured.push({ ...order.measured(`${count}`), name: `POST /orders, instances: ${count}` });
    stage.say(`${count}: ${Math.round(measured.at(-1)?.median.perSecond ?? 0)}/s`);
  }
  return {
    measured,
    exactness: () => order.exactness(),
    stop: async () => {
      for (const program of programs) await stage.stopProgram(program);
    },
  };
}

async function scaleInventory(stage: Stage, { seconds, rounds, warmUpSeconds }: RunOptions) {
  const broker = await Broker.connect(await stage.brokers());
  await broker.createTopic(PURCHASES);
  const database = await stage.database('bench_scale_inventory', 'inventory');
  await database.pool.query('UPDATE stock SET available = 1000000000');
  const programs: ServiceProcess[] = [];
  const measured: Measured[] = [];
  const events = seconds * 2_000;
  let sent = 0;
  const window = async (hot?: string): Promise<Sample> => {
    sent += events;
    return workOff(
      stage,
      programs,
      events,
      () => broker.purchase(PURCHASES, events, hot),
      () => purchasesDone(database),
    );
  };
  const windows = async (name: string, hot?: string): Promise<void> => {
    if (warmUpSeconds > 0) await window(hot);
    const samples: Sample[] = [];
    for (let round = 0; round < rounds; round += 1) samples.push(await window(hot));
    measured.push(summarise(name, samples));
    stage.say(`${name}: ${Math.round(measured.at(-1)?.median.perSecond ?? 0)}/s`);
  };
  for (const count of instances) {
    while (programs.length < count) {
      const name = `inventory-${programs.length + 1}`;
      programs.push(await stage.launch({ name, program: 'inventory', database }));
    }
    await windows(`purchases, instances of Inventory: ${count}`);
  }
  await windows('all of one product', seedCatalogue[0]?.sku);
  await broker.close();
  return { measured, database, sent };
}

/** Every purchase is one reservation of three pieces, and the stock tells the same. */
async function exactStock({ pool }: Database, sent: number) {
  const { rows } = await pool.query(`
    SELECT (SELECT count(*)::int FROM reservation WHERE status = 'reserved') AS reservations,
           (SELECT sum(reserved)::int FROM stock) AS reserved,
           (SELECT count(*)::int FROM outbox) AS events`);
  const { reservations, reserved, events } = rows[0];
  return {
    subject: 'inventory',
    counts: { sent, ...rows[0] },
    exact: reservations === sent && reserved === 3 * sent && events === sent,
  };
}
