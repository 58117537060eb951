import { randomUUID } from 'node:crypto';
import kafkajs, { type Message } from 'kafkajs';
import { sendUntilAnswered, until } from './client.js';
import { type Found, reconcile as reconcileShop } from './reconcile.js';
import { RunningShop, type ServiceName } from './running-shop.js';

let shop: RunningShop;
let token: string;
let operator: string;

beforeAll(async () => {
  shop = await RunningShop.start();
  token = await shop.token('alice');
  operator = await shop.token('olga', 'operator');
}, 600_000);
afterAll(() => shop.stop(), 60_000);

const reconcile = (...more: string[]): Promise<Found> => reconcileShop(shop, ...more);

async function place(sku: string, quantity = 1): Promise<string> {
  const body = { lines: [{ sku, quantity }] };
  const answer = await sendUntilAnswered(shop.services.order.url, {
    method: 'POST',
    path: '/orders',
    token,
    key: randomUUID(),
    body,
  });
  expect(answer.status).toBe(201);
  return String(answer.body.id);
}

const cancel = (id: string) =>
  sendUntilAnswered(shop.services.order.url, {
    method: 'POST',
    path: `/orders/${id}/cancel`,
    token,
    key: randomUUID(),
    body: {},
  });

const untilStatus = (id: string, status: string) =>
  until(
    () => shop.rows<{ status: string }>('order', 'SELECT status FROM orders WHERE id = $1', [id]),
    ([row]) => row?.status === status,
  );

async function confirmed(sku: string, quantity = 1): Promise<string> {
  const id = await place(sku, quantity);
  await untilStatus(id, 'confirmed');
  return id;
}

async function publish(topic: string, ...messages: Message[]): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [shop.brokers], logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages });
  await producer.disconnect();
}

const sql = (service: ServiceName, text: string, ...values: unknown[]) => shop.rows(service, text, values);

it('raises no false alarm beside traffic: placing, cancelling, adjusting, and a service that is killed', async () => {
  await shop.newSku('BUSY', 1_000_000);
  await shop.newSku('RARE', 20);
  let stopped = false;
  const shopper = async (): Promise<void> => {
    while (!stopped) {
      const id = await place(Math.random() < 0.2 ? 'RARE' : 'BUSY', 1 + Math.floor(Math.random() * 3));
      if (Math.random() < 0.4) await cancel(id);
      if (Math.random() < 0.1) {
        await sendUntilAnswered(shop.services.inventory.url, {
          method: 'POST',
          path: '/stock/BUSY/adjustments',
          token: operator,
          key: randomUUID(),
          body: { delta: 1, reason: 'found' },
        });
      }
    }
  };
  const shoppers = Array.from({ length: 4 }, shopper);
  const found: Found[] = [];
  try {
    found.push(await reconcile());
    await shop.services.inventory.kill();
    found.push(await reconcile('--patience', '2'));
    await shop.services.inventory.start();
    found.push(await reconcile(), await reconcile());
  } finally {
    stopped = true;
    await Promise.all(shoppers);
  }
  expect(found.map(({ status, rows, stderr }) => ({ status, rows, stderr }))).toEqual(
    found.map(() => ({ status: 0, rows: [], stderr: '' })),
  );
  const quiet = await reconcile();
  expect(quiet.explained).toEqual([]);
  expect(quiet.counted.orders).toBeGreaterThan(100);
  const {
    orders,
    'orders confirmed': sold,
    'orders rejected': refused,
    'orders cancelled': undone,
  } = quiet.counted;
  expect(sold! + refused! + undone!).toBe(orders);
  expect(quiet.counted['units available']! + quiet.counted['units reserved']!).toBe(
    quiet.counted['units received'],
  );
  expect(quiet.counted['units sold']).toBe(quiet.counted['units reserved']);
}, 600_000);

it('explains what is on its way or was put aside, with its reason, and finds nothing wrong with it', async () => {
  await shop.newSku('WAITS', 100);
  const reserved = await confirmed('WAITS');
  await shop.services.inventory.kill();
  const unanswered = await place('WAITS');
  const away = await reconcile('--patience', '0');
  expect([away.status, away.rows]).toEqual([0, []]);
  expect(away.explained.flatMap(({ examples }) => examples).join()).toContain(unanswered);
  await shop.services.inventory.start();
  await untilStatus(unanswered, 'confirmed');
  await shop.services.order.kill();
  // As if no broker had ever taken it: an order, its lines and an event that was set aside, in one commit.
  const aside = randomUUID();
  await sql(
    'order',
    `WITH taken AS (
       INSERT INTO orders (id, customer_id, status, version, total, currency, placed_at, updated_at)
       SELECT $1, customer_id, 'placed', 1, total, currency, statement_timestamp(), statement_timestamp()
       FROM orders WHERE id = $2 RETURNING id),
     line AS (
       INSERT INTO order_line (order_id, position, sku, quantity, unit_price)
       SELECT $1, position, sku, quantity, unit_price FROM order_line WHERE order_id = $2)
     INSERT INTO outbox (topic, key, bucket, headers, payload, set_aside_at, set_aside_reason)
     SELECT 'purchases', $1::text, 0, '{"ce_type":"semel.purchase.placed.v1"}', '\\x7b7d', statement_timestamp(), 'too-large'`,
    aside,
    reserved,
  );
  await publish('purchases', { key: 'x', value: 'nonsense' });
  await publish('reservations', {
    key: randomUUID(),
    value: 'nonsense',
    headers: { ce_type: 'semel.stock.reserved.v1' },
  });
  await shop.services.order.start();
  const reasons = await until(
    async () => (await reconcile()).explained.map(({ reason }) => reason),
    (told) => told.some((reason) => reason.startsWith('parked by order')),
  );
  expect(reasons).toEqual(
    expect.arrayContaining([
      'semel.purchase.placed.v1 set aside (too-large) in the outbox of order',
      'parked by inventory: malformed',
      'parked by order: malformed',
    ]),
  );
}, 600_000);

it('names every damage, each by what it is about', async () => {
  for (const sku of ['SHELF', 'MOVES', 'LINES', 'MOVED', 'STATE', 'GONE', 'LOST', 'TWICE'])
    await shop.newSku(sku, 100);
  const [gone, back, wrong, lines, priced, twice, foreign, released] = await Promise.all(
    ['GONE', 'STATE', 'STATE', 'LINES', 'MOVED', 'TWICE', 'GONE', 'STATE'].map((sku) => confirmed(sku, 2)),
  );
  const lost = randomUUID();
  const unknown = randomUUID();
  expect((await reconcile()).rows).toEqual([]);
  await sql('inventory', `UPDATE stock SET available = available + 1 WHERE sku = 'SHELF'`);
  await sql('inventory', `DELETE FROM stock_movement WHERE sku = 'MOVES'`);
  await sql('inventory', 'DELETE FROM reservation_line WHERE order_id = $1', gone);
  await sql('inventory', 'DELETE FROM reservation WHERE order_id = $1', gone);
  await sql('order', `UPDATE orders SET status = 'placed', version = 1 WHERE id = $1`, back);
  await sql(
    'order',
    `UPDATE orders SET status = 'rejected', rejection_code = 'unknown-sku', rejection_sku = 'STATE' WHERE id = $1`,
    wrong,
  );
  await sql('inventory', 'UPDATE reservation_line SET quantity = 3 WHERE order_id = $1', lines);
  await sql('order', 'UPDATE orders SET total = total + 1 WHERE id = $1', priced);
  await sql(
    'inventory',
    `INSERT INTO stock_movement (sku, kind, delta_available, delta_reserved, order_id)
     SELECT sku, kind, delta_available, delta_reserved, order_id FROM stock_movement WHERE order_id = $1`,
    twice,
  );
  await sql('order', 'DELETE FROM order_line WHERE order_id = $1', foreign);
  await sql('order', 'DELETE FROM orders WHERE id = $1', foreign);
  await sql('inventory', `UPDATE reservation SET status = 'released' WHERE order_id = $1`, released);
  await sql(
    'order',
    `INSERT INTO orders (id, customer_id, status, version, total, currency, placed_at, updated_at)
     VALUES ($1, 'alice', 'placed', 1, 0, 'EUR', statement_timestamp(), statement_timestamp())`,
    lost,
  );
  const placedAt = '2026-11-25T05:05:34Z';
  const event = { orderId: unknown, customerId: 'eve', lines: [{ sku: 'LOST', quantity: 1 }], placedAt };
  await publish('purchases', {
    key: unknown,
    value: JSON.stringify(event),
    headers: { ce_type: 'semel.purchase.placed.v1' },
  });
  await until(
    () => sql('inventory', 'SELECT FROM reservation WHERE order_id = $1', unknown),
    (kept) => kept.length === 1,
  );
  const { status, rows } = await reconcile();
  expect(status).toBe(1);
  expect(rows).toEqual(
    expect.arrayContaining([
      'stock-unexplained SHELF',
      'stock-unexplained MOVES',
      'stock-unexplained GONE',
      'stock-unexplained TWICE',
      `confirmed-without-reservation ${gone}`,
      `event-without-reservation ${gone}`,
      `event-lost ${back}`,
      `statuses-disagree ${wrong}`,
      `contents-disagree ${lines}`,
      `reservation-unexplained ${lines}`,
      `total-disagrees ${priced}`,
      `reservation-unexplained ${twice}`,
      `reservation-without-order ${foreign}`,
      `event-without-order ${foreign}`,
      `statuses-disagree ${released}`,
      `reservation-unexplained ${released}`,
      `event-lost ${lost}`,
      `event-without-order ${unknown}`,
      `reservation-without-order ${unknown}`,
    ]),
  );
  const subjects = new Set(rows.map((row) => row.split(' ')[1]));
  expect(subjects).toEqual(
    new Set([
      gone,
      back,
      wrong,
      lines,
      priced,
      twice,
      foreign,
      released,
      lost,
      unknown,
      'SHELF',
      'MOVES',
      'GONE',
      'TWICE',
      'LINES',
      'STATE',
    ]),
  );
}, 600_000);

it('can’t tell where a database or the broker can’t be reached, or what to read is not known', async () => {
  const nowhere = await reconcile('--brokers', '127.0.0.1:1');
  expect([nowhere.status, nowhere.stderr.trim()]).toEqual([
    2,
    expect.stringContaining('Kafka at 127.0.0.1:1'),
  ]);
  const noDatabase = await reconcile('--inventory-database', 'postgres://127.0.0.1:1/none');
  expect([noDatabase.status, noDatabase.stderr.trim()]).toEqual([2, expect.stringContaining('inventory')]);
  expect((await reconcile('--rows', 'many')).status).toBe(2);
  expect((await reconcile('--help')).stdout).toContain('--json');
}, 300_000);
