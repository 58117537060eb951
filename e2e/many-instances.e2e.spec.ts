import { until } from './client.js';
import type { Cluster } from './cluster.js';
import { explained } from './explained.js';
import { reconcile } from './reconcile.js';
import type { RunningShop } from './running-shop.js';
import type { Line } from './shoppers.js';
import { consumed, services, TwinShop } from './twin-shop.js';

let twins: TwinShop;
let shop: RunningShop;
let cluster: Cluster;

beforeAll(async () => {
  twins = await TwinShop.start();
  ({ shop, cluster } = twins);
}, 300_000);
afterAll(() => twins.stop(), 120_000);

const test = explained(() => twins.report());

/** What a reservation may be by its order's status. */
const pairs = ['confirmed reserved', 'rejected rejected', 'cancelled released', 'cancelled rejected'];
const inbox = "idempotency_key WHERE scope LIKE 'consumer:%'";

test('loses nothing and does nothing twice while instances of both services are killed, stopped and resumed and partitions are added', async () => {
  await shop.newSku('PLENTY', 1_000_000);
  await shop.newSku('FEW', 20);
  for (let sku = 0; sku < 4; sku += 1) await shop.newSku(`MIXED-${sku}`, 1_000_000);
  const basket = (): Line[] => {
    const one = Math.floor(Math.random() * 4);
    const quantity = 1 + Math.floor(Math.random() * 3);
    const other = Math.random() < 0.1 ? 'FEW' : 'PLENTY';
    return [
      { sku: `MIXED-${one}`, quantity },
      { sku: other, quantity: 1 },
      { sku: `MIXED-${(one + 3) % 4}`, quantity },
    ];
  };
  const shoppers = twins.shoppers(basket);
  shoppers.start(8);
  const more = async (orders: number) => {
    const target = shoppers.placed.size + orders;
    await until(
      async () => shoppers.placed.size,
      (size) => size >= target,
    );
  };
  try {
    const early = await Promise.all(
      Array.from({ length: 30 }, () => shoppers.place([{ sku: 'PLENTY', quantity: 1 }])),
    );
    await more(70);
    const sixteen = Object.values(consumed).map((topic) => ({ topic, count: 16 }));
    await cluster.admin.createPartitions({ topicPartitions: sixteen });
    await Promise.all(
      services.map(async (service) => {
        const [mortal, sleeper] = shop.instances[service];
        await mortal?.kill();
        await mortal?.start();
        await more(50);
        sleeper?.freeze();
        try {
          // Until the others have its partitions and its buckets of the outbox.
          await until(
            () => cluster.members(service),
            (members) => members.join() === service,
          );
          await until(
            () =>
              twins.count(service, 'outbox_lease JOIN outbox_relay ON id = relay WHERE instance = $1', [
                service,
              ]),
            (buckets) => buckets === 64,
          );
          // The relay that has all buckets now was started when there were sixteen: keys move.
          if (service === 'order') await Promise.all(early.map((id) => shoppers.cancel(id)));
          await more(20);
        } finally {
          sleeper?.thaw();
        }
        await until(
          () => cluster.members(service),
          (members) => members.length === 2,
        );
      }),
    );
    await more(100);
  } finally {
    await shoppers.stop();
  }
  await twins.untilSettled();

  expect(shoppers.broken).toEqual([]);
  expect(await twins.putAside()).toBe(0);
  const orders = await shop.rows<{ id: string; status: string }>('order', 'SELECT id, status FROM orders');
  expect(orders.map(({ id }) => id).sort()).toEqual([...shoppers.placed.values()].sort());
  const cancelled = orders.filter(({ status }) => status === 'cancelled').map(({ id }) => id);
  expect(cancelled.sort()).toEqual([...shoppers.cancelled].sort());
  const kept = await shop.rows<{ id: string; status: string }>(
    'inventory',
    'SELECT order_id AS id, status FROM reservation',
  );
  const reservations = new Map(kept.map(({ id, status }) => [id, status]));
  const ends = orders.map(({ id, status }) => `${status} ${reservations.get(id)}`);
  expect(ends.filter((end) => !pairs.includes(end))).toEqual([]);
  expect(reservations.size).toBe(orders.length);
  // An event for each thing that happened, an inbox record for each event.
  const ofStatus = (status: string) => kept.filter((one) => one.status === status).length;
  expect(await twins.kinds('order')).toEqual({
    'purchase.placed': orders.length,
    'purchase.cancelled': cancelled.length,
  });
  const answers = await twins.kinds('inventory');
  expect(answers['stock.rejected']).toBe(ofStatus('rejected'));
  expect((answers['stock.reserved'] ?? 0) - (answers['stock.released'] ?? 0)).toBe(ofStatus('reserved'));
  expect(await twins.count('inventory', inbox)).toBe(orders.length + cancelled.length);
  expect(await twins.count('order', inbox)).toBe(Object.values(answers).reduce((sum, n) => sum + n, 0));
  const [held] = await shop.rows<{ wrong: number }>(
    'inventory',
    `SELECT count(*)::int AS wrong FROM stock LEFT JOIN (
       SELECT sku, sum(quantity) AS held FROM reservation_line JOIN reservation USING (order_id)
       WHERE status = 'reserved' GROUP BY sku) AS line USING (sku)
     WHERE sku IN ('PLENTY', 'FEW', 'MIXED-0', 'MIXED-1', 'MIXED-2', 'MIXED-3')
       AND (reserved <> coalesce(held, 0)
            OR available + reserved <> CASE sku WHEN 'FEW' THEN 20 ELSE 1000000 END)`,
  );
  expect(held?.wrong).toBe(0);
  const sent = await cluster.records('purchases');
  expect(new Set(sent.map(({ key, type }) => `${key} ${type}`)).size).toBe(orders.length + cancelled.length);
  const places = new Map<string, { partitions: Set<number>; types: string[] }>();
  for (const { key, partition, type } of sent) {
    const place = places.get(key) ?? { partitions: new Set(), types: [] };
    place.partitions.add(partition);
    place.types.push(type);
    places.set(key, place);
  }
  const moved = [...places.values()].filter(({ partitions }) => partitions.size > 1).length;
  // Of a key that stayed in its partition, the first of each type are in order whoever sent them.
  const turned = [...places].filter(
    ([, { partitions, types }]) => partitions.size === 1 && types[0] !== 'semel.purchase.placed.v1',
  );
  expect(turned).toEqual([]);
  expect(moved).toBeGreaterThan(0);
  process.stderr.write(
    `${orders.length} orders, ${cancelled.length} cancelled, ${moved} keys in two partitions, ${sent.length} purchases sent\n`,
  );
  expect(await reconcile(shop)).toMatchObject({ status: 0, rows: [] });
}, 240_000);

test('sells one unit to one of 500 buyers at both instances', async () => {
  await shop.newSku('LAST', 1);
  const buyers = twins.shoppers();
  const ids = await Promise.all(
    Array.from({ length: 500 }, () => buyers.place([{ sku: 'LAST', quantity: 1 }])),
  );
  await twins.untilSettled();
  const statuses = await shop.rows(
    'order',
    `SELECT status, rejection_code AS code, count(*)::int AS n FROM orders WHERE id = ANY ($1::uuid[])
     GROUP BY 1, 2 ORDER BY 1`,
    [ids],
  );
  expect(statuses).toEqual([
    { status: 'confirmed', code: null, n: 1 },
    { status: 'rejected', code: 'insufficient-stock', n: 499 },
  ]);
  expect(await twins.stockOf('LAST')).toEqual({ available: 0, reserved: 1 });
}, 120_000);

test('never deadlocks where orders cross SKUs in opposite order', async () => {
  await shop.newSku('LEFT', 1_000);
  await shop.newSku('RIGHT', 1_000);
  const deadlocks = () =>
    shop.rows('inventory', 'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()');
  const before = await deadlocks();
  const buyers = twins.shoppers();
  const forth = [
    { sku: 'LEFT', quantity: 1 },
    { sku: 'RIGHT', quantity: 1 },
  ];
  await Promise.all(
    Array.from({ length: 400 }, (_, buyer) => buyers.place(buyer % 2 ? forth : [...forth].reverse())),
  );
  await twins.untilSettled();
  expect(await twins.stockOf('LEFT')).toEqual({ available: 600, reserved: 400 });
  expect(await twins.stockOf('RIGHT')).toEqual({ available: 600, reserved: 400 });
  expect(await deadlocks()).toEqual(before);
}, 120_000);

test('does nothing twice when both groups are reset to the beginning after half of the inboxes and of a topic was purged', async () => {
  const tables = {
    order: 'SELECT id, status, version FROM orders ORDER BY id',
    inventory: 'SELECT order_id, status FROM reservation ORDER BY order_id',
  };
  const story = async () => [
    await shop.rows('order', tables.order),
    await shop.rows('inventory', tables.inventory),
    await shop.rows('inventory', 'SELECT sku, available, reserved FROM stock ORDER BY sku'),
    await twins.count('inventory', 'stock_movement'),
    await twins.kinds('order'),
    await twins.kinds('inventory'),
    await twins.putAside(),
  ];
  await twins.untilSettled();
  for (const service of services) {
    await until(
      () => cluster.members(service),
      (members) => members.join() === `${service},${service}-2`,
    );
  }
  const before = await story();
  await Promise.all(shop.processes.map((one) => one.stop()));
  const left: number[] = [];
  for (const service of services) {
    await shop.rows(service, `DELETE FROM ${inbox} AND hashtext(key) % 2 = 0`);
    left.push(await twins.count(service, inbox));
    await cluster.admin.resetOffsets({ groupId: service, topic: consumed[service], earliest: true });
  }
  const offsets = await cluster.admin.fetchTopicOffsets('reservations');
  await cluster.admin.deleteTopicRecords({
    topic: 'reservations',
    partitions: offsets.map(({ partition, low, high }) => ({
      partition,
      offset: String(Math.floor((Number(low) + Number(high)) / 2)),
    })),
  });
  expect(await cluster.lag('inventory', 'purchases')).toBeGreaterThan(20);
  expect(await cluster.lag('order', 'reservations')).toBeGreaterThan(100);
  await Promise.all(shop.processes.map((one) => one.start()));
  await twins.untilSettled();
  expect(await story()).toEqual(before);
  // What was forgotten and is still in the topic was taken as new, and came to nothing.
  for (const [index, service] of services.entries())
    expect(await twins.count(service, inbox)).toBeGreaterThan(left[index] ?? 0);
  expect(await reconcile(shop)).toMatchObject({ status: 0, rows: [] });
}, 180_000);
