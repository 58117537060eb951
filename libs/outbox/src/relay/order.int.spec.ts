import type { Statement } from '@semel/idempotency';
import { outboxStats } from '../sql/outbox-stats.js';
import { readPage } from '../sql/read-page.js';
import { eventually, TestOutbox } from '../testing/test-outbox.spec.js';
import { firstOccurrences, TestTopic } from '../testing/topic.spec.js';
import { RelayDatabase } from './relay-database.js';

let outbox: TestOutbox;
let topic: TestTopic;
beforeEach(async () => {
  [outbox, topic] = await Promise.all([TestOutbox.create(), TestTopic.create()]);
});
afterEach(async () => {
  await outbox.drop();
  await topic.close();
});

const event = (key: string, data: unknown) => ({ topic: topic.name, key, type: 'test.v1', data });

it('loses no row whose earlier id commits after later ones were published', async () => {
  outbox.relay();
  const early = await outbox.begin();
  await outbox.appendIn(early, [event('early', 1)]);
  await outbox.append([event('late', 2)]);
  await topic.untilKey('late');
  await early.commit();
  const seen = await topic.untilKey('early');
  expect(seen.map(({ key }) => key)).toEqual(['late', 'early']);
});

/** Twelve writers append to a few keys; each locks its key first, as handlers lock their aggregate. */
async function write(keys: number, writers: number, each: number): Promise<void> {
  await outbox.rows('CREATE TABLE aggregate (key text PRIMARY KEY, version int NOT NULL DEFAULT 0)');
  for (let key = 0; key < keys; key += 1) await outbox.rows('INSERT INTO aggregate VALUES ($1)', [`k${key}`]);
  const writer = async (seed: number) => {
    for (let turn = 0; turn < each; turn += 1) {
      const key = `k${(seed * 7 + turn * 3) % keys}`;
      const transaction = await outbox.begin();
      const { rows } = await transaction.client.query<{ version: number }>(
        'UPDATE aggregate SET version = version + 1 WHERE key = $1 RETURNING version',
        [key],
      );
      await outbox.appendIn(transaction, [event(key, rows[0]!.version)]);
      // Transactions of different length: ids commit out of order.
      await transaction.client.query('SELECT pg_sleep(random() * 0.01)');
      await transaction.commit();
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, seed) => writer(seed)));
}

function expectVersionsInOrder(keys: number, total: number): void {
  const valuesOf = firstOccurrences(topic.seen);
  expect(valuesOf.size).toBe(keys);
  let sum = 0;
  for (const values of valuesOf.values()) {
    expect(values).toEqual(Array.from({ length: values.length }, (_, index) => index + 1));
    sum += values.length;
  }
  expect(sum).toBe(total);
}

it('keeps the order of each key while many writers commit out of the order of their ids', async () => {
  outbox.relay({ relay: { pageRows: 20 } });
  await write(10, 12, 20);
  await topic.count(240);
  expectVersionsInOrder(10, 240);
  expect(topic.seen).toHaveLength(240);
});

it('shares the buckets between two relays, keeps the order of each key and sends nothing twice', async () => {
  const acknowledged = [0, 0];
  const relays = [0, 1].map((index) =>
    outbox.relay({
      observer: {
        acknowledged: (events) => {
          acknowledged[index] = (acknowledged[index] ?? 0) + events;
        },
      },
      relay: { pageRows: 10 },
    }),
  );
  await eventually(async () => {
    const held = await outbox.rows<{ count: string }>(
      'SELECT count(*) FROM outbox_lease WHERE relay IS NOT NULL GROUP BY relay',
    );
    return held.length === 2 && held.every(({ count }) => count === '32');
  });
  await write(40, 12, 20);
  await topic.count(240);
  expectVersionsInOrder(40, 240);
  expect(topic.seen).toHaveLength(240);
  expect(acknowledged[0]).toBeGreaterThan(0);
  expect(acknowledged[1]).toBeGreaterThan(0);

  await relays[0]!.stop();
  expect(await outbox.rows('SELECT FROM outbox_relay')).toHaveLength(1);
  expect(
    await outbox.rows('SELECT FROM outbox_lease WHERE relay NOT IN (SELECT id FROM outbox_relay)'),
  ).toEqual([]);
  await outbox.append(Array.from({ length: 64 }, (_, n) => event(`after-${n}`, n)));
  await topic.count(304);
});

it.each([
  ['spread over the buckets', 'n % 64'],
  ['all in one bucket, as the statistics of a bad moment say', '7'],
])(
  'reads a page and the stats by the partial index, whatever the planner believes: rows %s',
  async (_, bucket) => {
    // Statistics from when everything was pending, and a history since: the primary key looks tempting then.
    await outbox.rows(
      `INSERT INTO outbox (topic, key, bucket, headers, payload)
     SELECT 't', 'k' || n, ${bucket}, '{}', '{}' FROM generate_series(1, 20000) AS n`,
    );
    await outbox.rows('ANALYZE outbox');
    await outbox.rows('UPDATE outbox SET published_at = now() WHERE id <= 19000');
    const page = readPage({
      buckets: Array.from({ length: 64 }, (_, n) => n),
      busyTopics: ['t'],
      busyKeys: ['k19500'],
      rows: 1_000,
      rowsOfBucket: 1_000,
      bytes: 700_000,
      largestEvent: 1_000_000,
    });
    const database = new RelayDatabase({ connectionString: outbox.url }, () => {});
    const planOf = async ({ text, values = [] }: Statement) =>
      (await database.query<{ 'QUERY PLAN': string }>({ text: `EXPLAIN ${text}`, values }))
        .map((row) => row['QUERY PLAN'])
        .join('\n');
    const plan = await planOf(page);
    const stats = await planOf(outboxStats());
    await database.end();
    expect(plan).toContain('outbox_pending');
    expect(plan).not.toMatch(/outbox_pkey|Seq Scan|Bitmap|Sort Key: o\.bucket/);
    expect(plan).toContain('hashed SubPlan');
    expect(stats).not.toMatch(/outbox_pkey|Seq Scan/);
  },
);
