import { send, sendUntilAnswered, until } from './client.js';
import { RunningShop, type ServiceName } from './running-shop.js';

let shop: RunningShop;
let token: string;
let operator: string;
let order: string;
let inventory: string;

beforeAll(async () => {
  shop = await RunningShop.start();
  token = await shop.token('alice');
  operator = await shop.token('olga', 'operator');
  order = shop.services.order.url;
  inventory = shop.services.inventory.url;
}, 120_000);

afterAll(async () => {
  expect(await shop.stop()).toEqual({ order: 0, inventory: 0 });
}, 60_000);

async function newSku(sku: string, available: number): Promise<void> {
  const { status } = await send(inventory, {
    method: 'PUT',
    path: `/stock/${sku}`,
    token: operator,
    body: { available },
  });
  expect(status).toBe(200);
  await shop.rows(
    'order',
    "INSERT INTO product (sku, name, unit_price, currency) VALUES ($1, $1, 100, 'EUR')",
    [sku],
  );
}

const place = (sku: string, quantity = 1) => ({
  method: 'POST',
  path: '/orders',
  token,
  body: { lines: [{ sku, quantity }] },
});

const orderOf = (id: unknown) => send(order, { path: `/orders/${id}`, token });

const stockOf = async (sku: string) => (await send(inventory, { path: `/stock/${sku}`, token })).body;

it('makes one order and one reservation of 25 requests with one key at once', async () => {
  await newSku('ONCE', 100);
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
  await newSku('FEW', 3);
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
    await newSku(sku, 1_000);
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
