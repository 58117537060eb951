import { randomBytes } from 'node:crypto';
import { send, sendUntilAnswered, until } from './client.js';
import { messagesOf } from './read-messages.js';
import { RunningShop, type ServiceName } from './running-shop.js';

let shop: RunningShop;
let token: string;
let order: string;
let inventory: string;

beforeAll(async () => {
  shop = await RunningShop.start();
  token = await shop.token('alice');
  order = shop.services.order.url;
  inventory = shop.services.inventory.url;
}, 120_000);

afterAll(async () => {
  expect(await shop.stop()).toEqual({ order: 0, inventory: 0 });
}, 60_000);

const place = (sku: string, quantity = 1) => ({
  method: 'POST',
  path: '/orders',
  token,
  body: { lines: [{ sku, quantity }] },
});

const orderOf = (id: unknown) => send(order, { path: `/orders/${id}`, token });

const stockOf = async (sku: string) => (await send(inventory, { path: `/stock/${sku}`, token })).body;

it('makes one order and one reservation of 25 requests with one key at once', async () => {
  await shop.newSku('ONCE', 100);
  const answers = await Promise.all(
    Array.from({ length: 25 }, () => sendUntilAnswered(order, { ...place('ONCE', 2), key: 'once' })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
  const id = answers[0]?.body.id;
  await until(
    () => orderOf(id),
    ({ body }) => body.status === 'confirmed',
  );
  expect(await stockOf('ONCE')).toMatchObject({ available: 98, reserved: 2 });
  const reservation = await send(inventory, { path: `/reservations/${id}`, token });
  expect(reservation.body).toMatchObject({
    orderId: id,
    status: 'reserved',
    lines: [{ sku: 'ONCE', quantity: 2 }],
  });
});

it('rejects what is not in stock, and gives back what is cancelled', async () => {
  await shop.newSku('FEW', 3);
  const { body: rejected } = await send(order, { ...place('FEW', 4), key: 'too-many' });
  const { body } = await until(
    () => orderOf(rejected.id),
    ({ body: { status } }) => status !== 'placed',
  );
  expect(body).toMatchObject({ status: 'rejected', rejection: { code: 'insufficient-stock', sku: 'FEW' } });

  const { body: taken } = await send(order, { ...place('FEW', 3), key: 'all' });
  await until(
    () => orderOf(taken.id),
    ({ body: { status } }) => status === 'confirmed',
  );
  const cancel = { method: 'POST', path: `/orders/${taken.id}/cancel`, token, key: 'cancel' };
  const [first, again] = [await send(order, cancel), await send(order, cancel)];
  expect([first.status, first.body.status, again.text]).toEqual([200, 'cancelled', first.text]);
  await until(
    () => stockOf('FEW'),
    ({ available }) => available === 3,
  );
  expect((await send(inventory, { path: `/reservations/${taken.id}`, token })).body.status).toBe('released');
});

it.each<ServiceName>(['order', 'inventory'])(
  'has exactly 200 orders, 200 reservations and the stock to match after kill -9 of %s in the middle of them',
  async (victim) => {
    const sku = `KILL-${victim}`;
    const kills = 3;
    await shop.newSku(sku, 1_000);
    let answered = 0;
    const placing = Array.from({ length: 200 }, async (_, n) => {
      const answer = await sendUntilAnswered(order, { ...place(sku, 1), key: `${victim}-${n}` });
      answered += 1;
      return answer;
    });
    for (let kill = 1; kill <= kills; kill++) {
      await until(
        async () => answered,
        (count) => count >= (200 * kill) / (kills + 1),
      );
      await shop.services[victim].kill();
      await shop.services[victim].start();
    }
    const ids = (await Promise.all(placing)).map(({ status, body }) => {
      expect(status).toBe(201);
      return String(body.id);
    });
    expect(new Set(ids).size).toBe(200);
    const status = () =>
      shop.rows<{ status: string; count: number }>(
        'order',
        'SELECT status, count(DISTINCT id)::int AS count FROM orders JOIN order_line ON order_id = id WHERE sku = $1 GROUP BY status',
        [sku],
      );
    await until(status, (rows) => rows.every((row) => row.status === 'confirmed'));
    expect(await status()).toEqual([{ status: 'confirmed', count: 200 }]);
    expect(
      await shop.rows(
        'inventory',
        'SELECT r.status, count(*)::int AS count FROM reservation r JOIN reservation_line l USING (order_id) WHERE l.sku = $1 GROUP BY r.status',
        [sku],
      ),
    ).toEqual([{ status: 'reserved', count: 200 }]);
    expect(await stockOf(sku)).toMatchObject({ available: 800, reserved: 200 });
  },
  120_000,
);

it('is one trace from the request over both topics to the log of the last handler', async () => {
  await shop.newSku('TRACED', 5);
  const traceId = randomBytes(16).toString('hex');
  const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` };
  const { body } = await sendUntilAnswered(order, { ...place('TRACED'), key: 'traced', headers });
  const id = String(body.id);
  await until(
    () => orderOf(id),
    ({ body: { status } }) => status === 'confirmed',
  );
  await sendUntilAnswered(order, {
    method: 'POST',
    path: `/orders/${id}/cancel`,
    token,
    key: 'traced-cancel',
    headers,
  });
  const sent = await messagesOf(shop.brokers, id, 4);
  expect(sent.map(({ type }) => type).sort()).toEqual([
    'semel.purchase.cancelled.v1',
    'semel.purchase.placed.v1',
    'semel.stock.released.v1',
    'semel.stock.reserved.v1',
  ]);
  const parents = new Map(sent.map(({ type, traceparent }) => [type, traceparent.split('-')]));
  for (const [, [version, trace, , flags]] of parents)
    expect([version, trace, flags]).toEqual(['00', traceId, '01']);
  const parentOf = (type: string) => parents.get(type)?.[2];
  // Each answer has the parent of its cause; each request has a span of its own, below the caller's.
  expect(parentOf('semel.stock.reserved.v1')).toBe(parentOf('semel.purchase.placed.v1'));
  expect(parentOf('semel.stock.released.v1')).toBe(parentOf('semel.purchase.cancelled.v1'));
  const requests = [parentOf('semel.purchase.placed.v1'), parentOf('semel.purchase.cancelled.v1')];
  expect(new Set([...requests, headers.traceparent.split('-')[2]]).size).toBe(3);
  const told = (await shop.logLines('order')).filter((line) => line.traceId === traceId);
  expect(told).toContainEqual(
    expect.objectContaining({ msg: 'reservation applied', orderId: id, type: 'semel.stock.reserved.v1' }),
  );
});

it('leaves no lock, no open transaction and no unsent event behind', async () => {
  for (const service of ['order', 'inventory'] as const) {
    await until(
      () =>
        shop.rows<{ locks: number; open: number; unsent: number }>(
          service,
          `SELECT (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS locks,
                  (SELECT count(*)::int FROM pg_stat_activity
                    WHERE datname = current_database() AND state LIKE 'idle in transaction%') AS open,
                  (SELECT count(*)::int FROM outbox WHERE published_at IS NULL) AS unsent`,
        ),
      ([row]) => row?.locks === 0 && row.open === 0 && row.unsent === 0,
    );
  }
});
