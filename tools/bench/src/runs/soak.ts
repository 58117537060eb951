import { setTimeout as pause } from 'node:timers/promises';
import { PURCHASES } from '@semel/contracts';
import { type Exactness, type Sample, summarise } from '../report/report.js';
import { memoryOf } from '../stage/cpu.js';
import type { Database } from '../stage/stage.js';
import { Broker } from './backlog.js';
import { RunningSubject } from './order-subjects.js';
import type { Run } from './run.js';

/** Windows: the first ones end before the first key expires, the rest is steady. */
const windows = 10;
/** The shortest that Order allows. */
const retentionSeconds = 60;

interface Sizes {
  readonly keys: number;
  readonly keyBytes: number;
  readonly outboxBytes: number;
  readonly memory: number;
}

/** Writing for long while keys and published events are swept: rates, memory and the sizes of what is swept. */
export const soak: Run = async (stage, { seconds, warmUpSeconds }) => {
  const order = await RunningSubject.start(stage, {
    name: 'order',
    writes: 'orders',
    relays: true,
    environment: {
      IDEMPOTENCY_RETENTION_SECONDS: String(retentionSeconds),
      OUTBOX_RETENTION_SECONDS: String(retentionSeconds),
    },
  });
  const { database, program } = order;
  if (!database) throw new Error('Order has no database.');
  let acknowledged = 0;
  const load = async (kind: string, length: number) => {
    const measurement = await order.load(kind, { connections: 64, seconds: length });
    acknowledged += measurement.load.keys;
    return measurement;
  };
  if (warmUpSeconds > 0) await load('warm-up', warmUpSeconds);
  const samples: Sample[] = [];
  const sizes: Sizes[] = [];
  const written: number[] = [];
  for (let window = 0; window < windows; window += 1) {
    const measurement = await load('soak', seconds);
    const { sample } = measurement;
    samples.push(sample);
    written.push(measurement.load.keys);
    sizes.push({ ...(await sizesOf(database)), memory: memoryOf(program.pid) ?? 0 });
    stage.say(`${window + 1}/${windows}: ${Math.round(sample.perSecond)}/s ${JSON.stringify(sizes.at(-1))}`);
  }
  const half = windows / 2;
  const [middle, last] = [sizes[half - 1], sizes.at(-1)];
  if (!middle || !last) throw new Error('There are windows.');
  const late = written.slice(half).reduce((sum, count) => sum + count, 0);
  const early = Math.max(1, Math.floor(retentionSeconds / seconds));
  const rate = (from: number, to?: number): number => summarise('', samples.slice(from, to)).median.perSecond;
  return {
    run: 'soak',
    seconds: seconds * windows,
    measured: [order.measured('soak')],
    figures: [
      {
        what: 'keys swept for each key written, second half',
        value: (late - (last.keys - middle.keys)) / late,
        target: 0.95,
        bound: 'at least',
      },
      {
        what: 'orders a second while sweeping, against before the first key expired',
        value: rate(half) / rate(0, early),
        target: 0.9,
        bound: 'at least',
      },
      ...(['keyBytes', 'outboxBytes', 'memory'] as const).map((name) => ({
        what: `${names[name]} at the end, against the middle`,
        value: last[name] / middle[name],
        target: 1.25,
        bound: 'at most' as const,
      })),
    ],
    exactness: [await exact(database, await stage.brokers(), acknowledged)],
    series: {
      'orders a second': samples.map(({ perSecond }) => perSecond),
      'megabytes of keys': sizes.map(({ keyBytes }) => keyBytes / 1e6),
      'megabytes of memory': sizes.map(({ memory }) => memory / 1e6),
    },
    notes: [`keys and published events live ${retentionSeconds} s; relay and sweeper are at work`],
  };
};

const names = { keyBytes: 'bytes of keys', outboxBytes: 'bytes of the outbox', memory: 'memory of Order' };

async function sizesOf({ pool }: Database): Promise<Omit<Sizes, 'memory'>> {
  const { rows } = await pool.query(
    `SELECT (SELECT count(*)::int FROM idempotency_key) AS keys,
            pg_total_relation_size('idempotency_key')::float8 AS "keyBytes",
            pg_total_relation_size('outbox')::float8 AS "outboxBytes"`,
  );
  return rows[0];
}

/** Keys and events have been swept meanwhile: what is left to count are the orders, and the topic. */
async function exact({ pool }: Database, brokers: string, acknowledged: number): Promise<Exactness> {
  const unpublished = async (): Promise<number> => {
    const { rows } = await pool.query('SELECT count(*)::int AS count FROM outbox WHERE published_at IS NULL');
    return rows[0].count;
  };
  while ((await unpublished()) > 0) await pause(50);
  const { rows } = await pool.query('SELECT count(*)::int AS orders FROM orders');
  const broker = await Broker.connect(brokers);
  const events = await broker.count(PURCHASES);
  await broker.close();
  const { orders } = rows[0];
  return {
    subject: 'order',
    counts: { acknowledged, orders, events },
    exact: orders === acknowledged && events === acknowledged,
  };
}
