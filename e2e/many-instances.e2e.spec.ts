import { send, until } from './client.js';
import { Cluster } from './cluster.js';
import { explained } from './explained.js';
import { reconcile } from './reconcile.js';
import { RunningShop, type ServiceName } from './running-shop.js';
import { type Line, Shoppers } from './shoppers.js';

let shop: RunningShop;
let cluster: Cluster;
let token: string;
let operator: string;
let addresses: string[];
let crowd: Shoppers | undefined;

beforeAll(async () => {
  shop = await RunningShop.start({ instances: 2 });
  cluster = await Cluster.connect(shop.brokers);
  token = await shop.token('alice');
  operator = await shop.token('olga', 'operator');
  addresses = shop.instances.order.map(({ url }) => url);
}, 300_000);
afterAll(async () => {
  await cluster.close();
  await shop.stop();
}, 120_000);

const services = ['order', 'inventory'] as const;
const consumed = { order: 'reservations', inventory: 'purchases' } as const;
const pairs: Readonly<Record<string, string>> = {
  'confirmed reserved': 'held',
  'rejected rejected': 'nothing',
  'cancelled released': 'nothing',
  'cancelled rejected': 'nothing',
};

async function newSku(sku: string, available: number): Promise<void> {
  const path = `/stock/${sku}`;
  const { url } = shop.services.inventory;
  const { status } = await send(url, { method: 'PUT', path, token: operator, body: { available } });
  expect(status).toBe(200);
  const product = "INSERT INTO product (sku, name, unit_price, currency) VALUES ($1, $1, 100, 'EUR')";
  await shop.rows('order', product, [sku]);
}

const stockOf = async (sku: string) => {
  const sql = 'SELECT available::int, reserved::int FROM stock WHERE sku = $1';
  const [row] = await shop.rows<{ available: number; reserved: number }>('inventory', sql, [sku]);
  return row;
};

async function count(service: ServiceName, sql: string, values: unknown[] = []): Promise<number> {
  const [row] = await shop.rows<{ n: number }>(service, `SELECT count(*)::int AS n FROM ${sql}`, values);
  return row?.n ?? 0;
}
const unsent = 'outbox WHERE published_at IS NULL';
const inbox = "idempotency_key WHERE scope LIKE 'consumer:%'";

/** Nothing is on its way any more. Looked at in the order in which an order travels, so that nothing slips by. */
const settled = async () => {
  const ahead: Record<string, number> = {};
  for (const service of services) {
    const next = service === 'order' ? 'inventory' : 'order';
    ahead[`outbox of ${service}`] = await count(service, unsent);
    ahead[`lag of ${next}`] = await cluster.lag(next, consumed[next]);
  }
  return ahead;
};
const untilSettled = () =>
  until(settled, (ahead) => {
    last = ahead;
    return Object.values(ahead).every((n) => n === 0);
  });
let last: unknown;

const statuses = 'SELECT status, count(*)::int AS n FROM orders GROUP BY status';
const parked = 'SELECT reason, error FROM parking_entry LIMIT 3';
const test = explained(async () => ({
  ahead: await settled(),
  seen: last,
  'shoppers without an answer': [...(crowd?.waiting ?? [])],
  orders: await shop.rows('order', statuses),
  reservations: await shop.rows('inventory', statuses.replace('orders', 'reservation')),
  'parked by order': await shop.rows('order', parked),
  'parked by inventory': await shop.rows('inventory', parked),
  members: [await cluster.members('order'), await cluster.members('inventory')],
  warnings: await shop.warnings(),
}));

/** How many messages lie in both parking lots: a constraint of a table that stops a second effect puts its message there. */
const putAside = async () =>
  (await cluster.records('purchases.dlq')).length + (await cluster.records('reservations.dlq')).length;

const kinds = async (service: ServiceName) =>
  Object.fromEntries(
    (
      await shop.rows<{ type: string; n: number }>(
        service,
        `SELECT headers->>'ce_type' AS type, count(*)::int AS n FROM outbox GROUP BY 1`,
      )
    ).map(({ type, n }) => [type.replace(/^semel\.|\.v1$/g, ''), n]),
  );

test('loses nothing and does nothing twice while instances of both services are killed, stopped and resumed and partitions are added', async () => {
  await newSku('PLENTY', 1_000_000);
  await newSku('FEW', 20);
  for (let sku = 0; sku < 4; sku += 1) await newSku(`MIXED-${sku}`, 1_000_000);
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
  const shoppers = new Shoppers(addresses, token, basket);
  crowd = shoppers;
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
              count(service, 'outbox_lease JOIN outbox_relay ON id = relay WHERE instance = $1', [service]),
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
  await untilSettled();

  expect(shoppers.broken).toEqual([]);
  expect(await putAside()).toBe(0);
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
  expect(ends.filter((end) => pairs[end] === undefined)).toEqual([]);
  expect(reservations.size).toBe(orders.length);
  // An event for each thing that happened, an inbox record for each event.
  const ofStatus = (status: string) => kept.filter((one) => one.status === status).length;
  expect(await kinds('order')).toEqual({
    'purchase.placed': orders.length,
    'purchase.cancelled': cancelled.length,
  });
  const answers = await kinds('inventory');
  expect(answers['stock.rejected']).toBe(ofStatus('rejected'));
  expect((answers['stock.reserved'] ?? 0) - (answers['stock.released'] ?? 0)).toBe(ofStatus('reserved'));
  expect(await count('inventory', inbox)).toBe(orders.length + cancelled.length);
  expect(await count('order', inbox)).toBe(Object.values(answers).reduce((sum, n) => sum + n, 0));
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
  await newSku('LAST', 1);
  const buyers = new Shoppers(addresses, token, () => []);
  const ids = await Promise.all(
    Array.from({ length: 500 }, () => buyers.place([{ sku: 'LAST', quantity: 1 }])),
  );
  await untilSettled();
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
  expect(await stockOf('LAST')).toEqual({ available: 0, reserved: 1 });
}, 120_000);

test('never deadlocks where orders cross SKUs in opposite order', async () => {
  await newSku('LEFT', 1_000);
  await newSku('RIGHT', 1_000);
  const deadlocks = () =>
    shop.rows('inventory', 'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()');
  const before = await deadlocks();
  const buyers = new Shoppers(addresses, token, () => []);
  const forth = [
    { sku: 'LEFT', quantity: 1 },
    { sku: 'RIGHT', quantity: 1 },
  ];
  await Promise.all(
    Array.from({ length: 400 }, (_, buyer) => buyers.place(buyer % 2 ? forth : [...forth].reverse())),
  );
  await untilSettled();
  expect(await stockOf('LEFT')).toEqual({ available: 600, reserved: 400 });
  expect(await stockOf('RIGHT')).toEqual({ available: 600, reserved: 400 });
  expect(await deadlocks()).toEqual(before);
}, 120_000);

test('goes on by itself where a topic was deleted and made anew', async () => {
  await newSku('AGAIN', 1_000);
  await cluster.admin.deleteTopics({ topics: ['purchases'] });
  const buyers = new Shoppers(addresses, token, () => []);
  const buy = (n: number) =>
    Promise.all(Array.from({ length: n }, () => buyers.place([{ sku: 'AGAIN', quantity: 1 }])));
  const ids = await buy(20);
  await until(
    () => count('order', "outbox WHERE set_aside_reason = 'unknown-topic' AND published_at IS NULL"),
    (events) => events > 0,
  );
  await cluster.admin.createTopics({
    topics: [{ topic: 'purchases', numPartitions: 12 }],
    waitForLeaders: false,
  });
  ids.push(...(await buy(20)));
  await until(
    () => count('order', "orders WHERE id = ANY ($1::uuid[]) AND status = 'confirmed'", [ids]),
    (orders) => {
      last = orders;
      return orders === 40;
    },
  );
  expect(await stockOf('AGAIN')).toEqual({ available: 960, reserved: 40 });
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
    await count('inventory', 'stock_movement'),
    await kinds('order'),
    await kinds('inventory'),
    await putAside(),
  ];
  await untilSettled();
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
    left.push(await count(service, inbox));
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
  await untilSettled();
  expect(await story()).toEqual(before);
  // What was forgotten and is still in the topic was taken as new, and came to nothing.
  for (const [index, service] of services.entries())
    expect(await count(service, inbox)).toBeGreaterThan(left[index] ?? 0);
  expect(await reconcile(shop)).toMatchObject({ status: 0, rows: [] });
}, 180_000);

test('ends a process whose consumer can’t come back, so that its supervisor acts', async () => {
  const [victim, other] = shop.instances.order;
  await other?.stop();
  victim?.freeze();
  await until(
    () => cluster.members('order'),
    (members) => members.length === 0,
  );
  // Somebody else’s program takes the name of the group, and speaks another protocol.
  const stranger = cluster.kafka.consumer({
    groupId: 'order',
    partitionAssigners: [
      () => ({
        name: 'foreign',
        version: 0,
        protocol: ({ topics }) => ({ name: 'foreign', metadata: Buffer.from(topics.join()) }),
        assign: async ({ members }) =>
          members.map(({ memberId }) => ({ memberId, memberAssignment: Buffer.alloc(0) })),
      }),
    ],
  });
  await stranger.connect();
  await stranger.subscribe({ topics: ['reservations'] });
  const joined = new Promise((resolve) => stranger.on(stranger.events.GROUP_JOIN, resolve));
  await stranger.run({ eachMessage: async () => {} });
  await joined;
  victim?.thaw();
  expect(await victim?.ended()).toBe(1);
  await stranger.disconnect();
  const [told] = (await shop.logLines('order')).filter(({ msg }) => String(msg).includes('died'));
  expect(told?.msg).toMatch(/^The Kafka consumer of group "order" died .*: restart the process\.$/);
}, 120_000);
