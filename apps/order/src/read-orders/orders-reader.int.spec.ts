import { ListOrdersQuery, type Order, type OrderStatus } from '@semel/contracts';
import type { Principal } from '@semel/service';
import { OrderDatabase } from '../testing/order-database.spec.js';
import { OrdersReader } from './orders-reader.js';
import { listOrders } from './sql/list-orders.js';

const alice: Principal = { sub: 'alice', roles: [] };
const operator: Principal = { sub: 'olga', roles: ['operator'] };

describe('reading orders', () => {
  let shop: OrderDatabase;
  let reader: OrdersReader;
  beforeEach(async () => {
    shop = await OrderDatabase.create();
    reader = new OrdersReader(shop.dataSource);
  });
  afterEach(() => shop.drop());

  const list = (query: Record<string, string> = {}, customer = 'alice') =>
    reader.list(customer, ListOrdersQuery.parse(query));
  const all = async (query: Record<string, string>): Promise<Order[]> => {
    const found: Order[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await list({ ...query, ...(cursor && { cursor }) });
      found.push(...page.items);
      cursor = page.nextCursor;
    }
    return found;
  };

  it('shows an order to its customer and to operators, to nobody else', async () => {
    const id = await shop.place();
    expect((await reader.find(id, alice))?.id).toBe(id);
    expect((await reader.find(id.toUpperCase(), operator))?.id).toBe(id);
    expect(await reader.find(id, { sub: 'bob', roles: ['customer'] })).toBeUndefined();
    expect(await reader.find('no-uuid', operator)).toBeUndefined();
  });

  it('reads the order as it was answered when it was placed', async () => {
    const id = await shop.place();
    const { items } = await list();
    const [again] = await shop.execute(shop.placeOrders, [
      {
        id: '01890000-0000-7000-8000-000000000001',
        customerId: 'bob',
        lines: [{ sku: 'TEA-SENCHA-100', quantity: 2 }],
      },
    ]);
    expect(JSON.stringify({ ...items[0], id: '', customerId: '', placedAt: '' })).toBe(
      JSON.stringify({ ...again!.body, id: '', customerId: '', placedAt: '' }),
    );
    expect(items[0]!.id).toBe(id);
  });

  it('walks through all pages, newest first, nothing twice and nothing left out, while new orders come in', async () => {
    const line = [{ sku: 'TEA-SENCHA-100', quantity: 1 }];
    const ids = Array.from({ length: 7 }, (_, index) => `01890000-0000-7000-8000-00000000000${index}`);
    await shop.execute(
      shop.placeOrders,
      ids.map((id) => ({ id, customerId: 'alice', lines: line })),
    );
    const first = await list({ limit: '3' });
    await shop.place();
    const second = await list({ limit: '3', cursor: first.nextCursor! });
    const third = await list({ limit: '3', cursor: second.nextCursor! });
    expect([...first.items, ...second.items, ...third.items].map(({ id }) => id)).toEqual(ids.reverse());
    expect(third.nextCursor).toBeNull();
  });

  it('ends with the last page also where that is full', async () => {
    await shop.place();
    await shop.place();
    expect((await list({ limit: '2' })).nextCursor).toBeNull();
  });

  it('lists only the orders of the customer and of the status', async () => {
    await shop.place({ customerId: 'bob' });
    const ids = [await shop.place(), await shop.place(), await shop.place()];
    await shop.move(ids[1]!, 'rejected');
    expect((await all({ limit: '1' })).map(({ id }) => id)).toEqual([...ids].reverse());
    expect((await all({ status: 'placed', limit: '1' })).map(({ id }) => id)).toEqual([ids[2], ids[0]]);
    expect((await all({ status: 'rejected' })).map(({ rejection }) => rejection)).toEqual([
      { code: 'insufficient-stock', sku: 'TEA-SENCHA-100' },
    ]);
    expect((await list({}, 'carol')).items).toEqual([]);
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['another list’s', Buffer.from('"TEA-SENCHA-100"').toString('base64url')],
    [
      'a place beyond time',
      Buffer.from('[1e300,"01890000-0000-7000-8000-000000000001"]').toString('base64url'),
    ],
    ['a negative place', Buffer.from('[-1,"01890000-0000-7000-8000-000000000001"]').toString('base64url')],
    ['no id', Buffer.from('[1,"x"]').toString('base64url')],
  ])('refuses a cursor that is %s', async (_name, cursor) => {
    await expect(list({ cursor })).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('takes the latest place that a cursor can name', async () => {
    const cursor = Buffer.from(`[${Number.MAX_SAFE_INTEGER},"01890000-0000-7000-8000-000000000001"]`);
    const id = await shop.place();
    expect((await list({ cursor: cursor.toString('base64url') })).items.map((order) => order.id)).toEqual([
      id,
    ]);
  });

  it.each<[OrderStatus | undefined, string]>([
    [undefined, 'orders_newest'],
    ['rejected', 'orders_newest_of_status'],
    ['cancelled', 'orders_newest_of_status'],
    ['placed', 'orders_unanswered'],
  ])('reads a page of status %s by an index', async (status, index) => {
    await shop.rows(`
        INSERT INTO orders (id, customer_id, status, version, total, currency, placed_at, updated_at)
        SELECT gen_random_uuid(), 'c' || n % 50, CASE WHEN n <= 10 THEN 'placed' ELSE 'confirmed' END, 1, 1, 'EUR',
               now() - n * interval '1 second', now()
        FROM generate_series(1, 20000) AS n`);
    await shop.rows('ANALYZE orders');
    const after = [Date.now() * 1_000, '01890000-0000-7000-8000-000000000001'] as const;
    const { text, values } = listOrders({ customerId: 'c1', status, after, rows: 21 });
    const plan = JSON.stringify(await shop.rows(`EXPLAIN (FORMAT JSON) ${text}`, [...values!]));
    expect(plan).toContain(`"Index Name":"${index}"`);
  });
});
