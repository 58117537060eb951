import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import kafkajs, { type Message } from 'kafkajs';
import { send, until } from './client.js';
import { Cluster } from './cluster.js';
import { type Event, hostileMessages } from './hostile-messages.js';
import { RunningShop, type ServiceName } from './running-shop.js';

/** As long as it takes for every timeout and back-off of the clients to have had its turn; 60 by hand. */
const outageSeconds = Number(process.env.OUTAGE_SECONDS ?? 12);

let shop: RunningShop;
let token: string;
let operator: string;

beforeAll(async () => {
  shop = await RunningShop.start();
  token = await shop.token('alice');
  operator = await shop.token('olga', 'operator');
}, 300_000);
afterAll(() => shop.stop(), 120_000);

const sku = 'TEA-SENCHA-100';
const place = async (key: string) => {
  const body = { lines: [{ sku, quantity: 1 }] };
  return await send(shop.services.order.url, { method: 'POST', path: '/orders', token, key, body });
};
const waiting = async (service: ServiceName): Promise<number> => {
  const [row] = await shop.rows<{ n: number }>(
    service,
    'SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL',
  );
  return row?.n ?? 0;
};
const statuses = () =>
  shop.rows<{ status: string; count: number }>(
    'order',
    'SELECT status, count(*)::int AS count FROM orders GROUP BY status ORDER BY status',
  );
const allConfirmed = (orders: number) =>
  until(
    statuses,
    ([first, ...rest]) => first?.status === 'confirmed' && first.count === orders && rest.length === 0,
  );
const stock = async () => (await send(shop.services.inventory.url, { path: `/stock/${sku}`, token })).body;

/** As in a shell: exit code and what it said. */
async function command(
  ...[name, ...args]: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = join(__dirname, '..', 'tools', 'operator', `${name}.mjs`);
  const env = { PATH: process.env.PATH ?? '', ...shop.databaseVariables };
  return promisify(execFile)(process.execPath, [program, ...args], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

it(
  'takes orders while the broker is dead, and has sent all of them within seconds of its return',
  async () => {
    await place('before');
    await allConfirmed(1);
    const before = await stock();
    await shop.killBroker();
    const end = performance.now() + outageSeconds * 1_000;
    let [orders, slowest] = [0, 0];
    while (performance.now() < end) {
      const started = performance.now();
      const { status } = await place(`during-${orders}`);
      expect(status).toBe(201);
      slowest = Math.max(slowest, performance.now() - started);
      orders += 1;
      await pause(100);
    }
    expect(await waiting('order')).toBe(orders);
    const ready = await send(shop.services.order.url, { path: '/health/ready' });
    expect(ready.status).toBe(503);
    await shop.reviveBroker();
    const back = performance.now();
    await until(
      () => waiting('order'),
      (events) => events === 0,
    );
    const drained = (performance.now() - back) / 1_000;
    await allConfirmed(orders + 1);
    const confirmed = (performance.now() - back) / 1_000;
    process.stderr.write(
      `${orders} orders in ${outageSeconds} s without a broker, the slowest took ${Math.round(slowest)} ms; ` +
        `sent ${drained.toFixed(1)} s after its return, all confirmed after ${confirmed.toFixed(1)} s\n`,
    );
    expect(drained).toBeLessThan(10);
    expect(await stock()).toMatchObject({
      available: Number(before.available) - orders,
      reserved: Number(before.reserved) + orders,
    });
  },
  (outageSeconds + 240) * 1_000,
);

it('sends all events again on request, and nothing comes of it: both inboxes know them', async () => {
  const counts = async () => [
    await statuses(),
    await stock(),
    await shop.rows('inventory', 'SELECT count(*)::int AS n FROM stock_movement'),
  ];
  const before = await counts();
  const replayed = async (service: ServiceName): Promise<number> => {
    const { text } = await send(shop.services[service].url, { path: '/metrics' });
    const lines = text
      .split('\n')
      .filter((line) => /^semel_idempotency_operations_total\{.*"replayed"/.test(line));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };
  const known = { order: await replayed('order'), inventory: await replayed('inventory') };
  const { code, stdout } = await command('outbox', 'replay', '--since', '1h', '--json');
  expect(code).toBe(0);
  const [ofOrder, ofInventory] = JSON.parse(stdout) as { service: string; events: number }[];
  expect(ofOrder).toMatchObject({ service: 'order', events: expect.any(Number) });
  expect(ofOrder!.events).toBeGreaterThan(10);
  expect(ofInventory!.events).toBe(ofOrder!.events);
  // What one outbox sends, the other service's inbox drops.
  await until(
    () => replayed('inventory'),
    (events) => events >= known.inventory + ofOrder!.events,
  );
  await until(
    () => replayed('order'),
    (events) => events >= known.order + ofInventory!.events,
  );
  expect(await counts()).toEqual(before);
}, 180_000);

it('parks what a defect breaks, and finishes the order once it is mended and the message replayed', async () => {
  const { order, inventory } = shop.services;
  await shop.rows(
    'inventory',
    `CREATE FUNCTION defect() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a defect'; END $$`,
  );
  await shop.rows(
    'inventory',
    'CREATE TRIGGER defect BEFORE INSERT ON reservation FOR EACH ROW EXECUTE FUNCTION defect()',
  );
  const { body } = await place('poison');
  const list = async () =>
    JSON.parse((await command('parked', 'list', '--json')).stdout) as {
      key: string;
      id: string;
      reason: string;
    }[];
  const [entry] = await until(list, (entries) => entries.length > 0);
  expect(entry).toMatchObject({ service: 'inventory', key: body.id, reason: 'failed', topic: 'purchases' });
  await shop.rows('inventory', 'DROP TRIGGER defect ON reservation');
  expect(await command('parked', 'replay', '--reason', 'failed', '--as', 'olga')).toMatchObject({ code: 0 });
  await until(
    async () => (await send(order.url, { path: `/orders/${body.id}`, token })).body.status,
    (status) => status === 'confirmed',
  );
  const shown = await send(inventory.url, { path: `/parked-messages/${entry!.id}`, token: operator });
  expect(shown.body).toMatchObject({ state: 'replayed', acts: [{ act: 'replay', actor: 'olga' }] });
}, 180_000);

/** A thing of one of the topics: who reads it, what is good there, and whether an order has felt it, by the order's id. */
interface Hearing {
  readonly topic: 'purchases' | 'reservations';
  readonly group: ServiceName;
  readonly event: (orderId: string) => Event;
  /** Orders that may be felt once each. */
  readonly orders: (count: number) => Promise<string[]>;
  /** Those of the orders that were. */
  readonly felt: (orders: readonly string[]) => Promise<string[]>;
}

const lines = [{ sku: 'HOSTILE', quantity: 1 }];
const hearings: Hearing[] = [
  {
    topic: 'purchases',
    group: 'inventory',
    event: (orderId) => ({
      type: 'semel.purchase.placed.v1',
      value: { orderId, customerId: 'eve', lines, placedAt: '2026-11-25T05:05:34Z' },
    }),
    orders: async (count) => Array.from({ length: count }, () => randomUUID()),
    felt: async (orders) => {
      const moved = `SELECT order_id AS id FROM stock_movement WHERE order_id = ANY ($1) AND kind = 'reservation'`;
      return (await shop.rows<{ id: string }>('inventory', moved, [orders])).map(({ id }) => id);
    },
  },
  {
    topic: 'reservations',
    group: 'order',
    event: (orderId) => ({ type: 'semel.stock.reserved.v1', value: { orderId, lines } }),
    orders: async (count) => {
      // Placed and never answered: nobody sells it but this test.
      await shop.services.inventory.kill();
      const body = { lines };
      const { url } = shop.services.order;
      const post = (key: string) => send(url, { method: 'POST', path: '/orders', token, key, body });
      const answers = await Promise.all(Array.from({ length: count }, () => post(randomUUID())));
      return answers.map(({ body: { id } }) => String(id));
    },
    felt: async (orders) => {
      const confirmed = `SELECT id FROM orders WHERE id = ANY ($1::uuid[]) AND status = 'confirmed' AND version = 2`;
      return (await shop.rows<{ id: string }>('order', confirmed, [orders])).map(({ id }) => id);
    },
  },
];

it.each(hearings)(
  'parks what is hostile in $topic as it was sent, and takes every good message once',
  async ({ topic, group, event, orders: ordersOf, felt }) => {
    const body = { available: 1_000 };
    await send(shop.services.inventory.url, { method: 'PUT', path: '/stock/HOSTILE', token: operator, body });
    const product = `INSERT INTO product (sku, name, unit_price, currency) VALUES ('HOSTILE', 'x', 1, 'EUR') ON CONFLICT DO NOTHING`;
    await shop.rows('order', product);
    const orders = await ordersOf(100);
    const given = orders.values();
    const hostile = hostileMessages(given, event);
    const good = hostile.map(() => String(given.next().value));
    const cluster = await Cluster.connect(shop.brokers);
    const producer = cluster.kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    for (const [index, { message }] of hostile.entries()) {
      const { type, value } = event(String(good[index]));
      const next = { key: String(good[index]), value: JSON.stringify(value), headers: { ce_type: type } };
      const load = [message, next].map((one) => ({ ...one, partition: 5 }));
      await producer.send({ topic, acks: -1, messages: load });
    }
    await producer.disconnect();
    await until(
      () => cluster.lag(group, topic),
      (lag) => lag === 0,
    );
    const lot = (await cluster.records(`${topic}.dlq`)).map(({ message }) => message);
    const bytes = (one: unknown) =>
      one == null ? null : Buffer.from(one as Buffer | string).toString('hex');
    const asSent = ({ key, value, headers = {} }: Pick<Message, 'key' | 'value' | 'headers'>) => ({
      key: bytes(key),
      value: bytes(value),
      headers: Object.entries(headers)
        .filter(([header]) => !header.startsWith('semel-'))
        .map(([header, one]) => [header, [one].flat().map(bytes)]),
    });
    for (const { name, end, message } of hostile) {
      const parked = lot.filter(({ headers }) => String(headers?.['x-case']) === name);
      const reasons = parked.map(({ headers }) => String(headers?.['semel-reason']));
      expect([name, reasons]).toEqual([name, end === 'taken' ? [] : [end]]);
      for (const one of parked) expect([name, asSent(one)]).toEqual([name, asSent(message)]);
    }
    const taken = hostile.filter(({ end }) => end === 'taken').map(({ orderId }) => orderId);
    expect((await felt(orders)).sort()).toEqual([...taken, ...good].sort());
    await cluster.close();
    if (topic === 'reservations') await shop.services.inventory.start();
  },
  120_000,
);

it('ends a command that can do nothing with one sentence and exit code 1', async () => {
  const nobody = '00000000-0000-8000-8000-000000000000';
  const hopeless = [
    ['parked', 'show', nobody],
    ['outbox', 'set-aside', 'discard'],
    ['outbox', 'stats', '--database', 'postgres://127.0.0.1:1/none'],
    ['outbox', 'replay', '--since', 'yesterday'],
  ];
  const ended = await Promise.all(hopeless.map((args) => command(...args)));
  expect(ended.map(({ code, stdout, stderr }) => [code, stdout, stderr.trim().split('\n').length])).toEqual(
    hopeless.map(() => [1, '', 1]),
  );
}, 180_000);
