import { randomUUID } from 'node:crypto';
import { Order, seedCatalogue } from '@semel/contracts';
import { newOrderId } from '../order/order-id.js';
import { type Reply, RunningOrder } from '../testing/running-order.spec.js';

// The servers of this spec come by testBrokers(), which the file that starts Order calls.

const tea = { lines: [{ sku: 'TEA-SENCHA-100', quantity: 2 }] };

describe('Reading orders, products and keys', () => {
  let order: RunningOrder;
  beforeAll(async () => {
    order = await RunningOrder.start();
  }, 120_000);
  afterAll(() => order.stop(), 60_000);

  const key = () => randomUUID();
  const place = (more = {}): Promise<Reply> => order.post('/orders', key(), tea, more);
  const placed = async (more = {}): Promise<string> => (await place(more)).json.id;
  const problem = (reply: Reply) => [reply.status, reply.json?.code];

  it('answers 304 to those who have the version, and the order to others', async () => {
    const { json, headers } = await place();
    const tag = headers.get('etag')!;
    const same = await order.call(`/orders/${json.id}`, { headers: { 'if-none-match': `"0", W/${tag}` } });
    expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', tag]);
    await order.post(`/orders/${json.id}/cancel`, key());
    const changed = await order.call(`/orders/${json.id}`, { headers: { 'if-none-match': tag } });
    expect([changed.status, changed.json.status]).toEqual([200, 'cancelled']);
  });

  it('tells nobody but operators of an order of somebody else', async () => {
    const id = await placed();
    const others = await order.call(`/orders/${id}`, { as: 'bob' });
    const none = await order.call(`/orders/${newOrderId()}`, { as: 'bob' });
    const malformed = await order.call('/orders/no-uuid', { as: 'bob' });
    expect([others, none, malformed].map(problem)).toEqual(Array(3).fill([404, 'not-found']));
    expect(others.json.detail).toBe(none.json.detail);
    expect((await order.call(`/orders/${id}`, { as: 'olga', role: 'operator' })).json.id).toBe(id);
    expect((await order.call('/orders', { as: 'olga', role: 'operator' })).json.items).toEqual([]);
  });

  it('lists by pages and by status', async () => {
    const ids = [
      await placed({ as: 'carl' }),
      await placed({ as: 'carl' }),
      await placed({ as: 'carl' }),
    ].reverse();
    await order.post(`/orders/${ids[1]}/cancel`, key(), undefined, { as: 'carl' });
    const first = await order.call('/orders?limit=2', { as: 'carl' });
    const rest = await order.call(`/orders?limit=2&cursor=${first.json.nextCursor}`, { as: 'carl' });
    const found = [...first.json.items, ...rest.json.items].map((item: Order) => Order.parse(item).id);
    expect([found, rest.json.nextCursor]).toEqual([ids, null]);
    const cancelled = await order.call('/orders?status=cancelled', { as: 'carl' });
    expect(cancelled.json.items.map(({ id }: Order) => id)).toEqual([ids[1]]);
  });

  it.each(['limit=0', 'limit=101', 'limit=ten', 'limit=1&limit=2', 'cursor=x', 'status=lost', 'status='])(
    'refuses the query %s',
    async (query) => {
      expect(problem(await order.call(`/orders?${query}`))).toEqual([422, 'invalid-request']);
    },
  );

  it('lists the whole catalogue by pages', async () => {
    const first = await order.call('/products?limit=60');
    const rest = await order.call(`/products?limit=60&cursor=${first.json.nextCursor}`);
    const offered = seedCatalogue
      .map(({ stock: _stock, ...product }) => product)
      .sort((a, b) => (a.sku < b.sku ? -1 : 1));
    expect([...first.json.items, ...rest.json.items]).toEqual(offered);
    expect([first.json.items.length, rest.json.nextCursor]).toEqual([60, null]);
    expect(problem(await order.call('/products?cursor=x'))).toEqual([422, 'invalid-request']);
  });

  it('tells what became of a key, to its caller alone', async () => {
    const used = key();
    const { headers } = await order.post('/orders', used, tea);
    const status = await order.call(`/idempotency-keys/${used}`);
    expect(status.json).toEqual({
      key: used,
      status: 'Processed',
      method: 'POST',
      path: '/orders',
      createdAt: expect.any(String),
      processedAt: expect.any(String),
      expiresAt: expect.any(String),
      response: { status: 201 },
    });
    expect(new Date(status.json.expiresAt).toUTCString()).toBe(headers.get('idempotency-expires'));
    expect(problem(await order.call(`/idempotency-keys/${used}`, { as: 'bob' }))).toEqual([404, 'not-found']);
  });
});
