import { PlaceOrder, PurchasePlaced } from '@semel/contracts';
import { newOrderId } from '../order/order-id.js';
import { OrderDatabase } from '../testing/order-database.spec.js';
import type { NewOrder } from './new-order.js';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('placing orders in a group', () => {
  let shop: OrderDatabase;
  beforeEach(async () => {
    shop = await OrderDatabase.create();
  });
  afterEach(() => shop.drop());

  const order = (sku: string, more: Partial<NewOrder> = {}): NewOrder => ({
    id: newOrderId(),
    customerId: 'alice',
    lines: [{ sku, quantity: 1 }],
    ...more,
  });

  it('takes prices from the catalogue and sums them up', async () => {
    const lines = [
      { sku: 'TEA-SENCHA-100', quantity: 3 },
      { sku: 'TEA-ASSAM-100', quantity: 1 },
    ];
    const [placed] = await shop.execute(shop.placeOrders, [order('', { lines })]);
    expect(placed).toMatchObject({
      status: 201,
      headers: { location: `/orders/${placed!.body.id}`, etag: '"1"' },
      body: {
        customerId: 'alice',
        status: 'placed',
        lines: [
          { sku: 'TEA-SENCHA-100', quantity: 3, unitPrice: { amount: 1_190, currency: 'EUR' } },
          { sku: 'TEA-ASSAM-100', quantity: 1, unitPrice: { amount: 790, currency: 'EUR' } },
        ],
        total: { amount: 3 * 1_190 + 790, currency: 'EUR' },
      },
    });
  });

  it('answers unknown-product to one order in the midst of others, which are taken', async () => {
    const orders = [order('TEA-SENCHA-100'), order('NO-SUCH-TEA'), order('TEA-ASSAM-100')];
    const answers = await shop.execute(shop.placeOrders, orders);
    expect(answers.map(({ status }) => status)).toEqual([201, 422, 201]);
    expect(answers[1]!.body).toMatchObject({ code: 'unknown-product', sku: 'NO-SUCH-TEA' });
    expect(answers[1]!.headers['content-type']).toBe('application/problem+json');
    expect((await shop.events()).map(({ key }) => key)).toEqual([orders[0]!.id, orders[2]!.id]);
    expect(await shop.status(orders[1]!.id)).toBeUndefined();
    expect(await shop.rows('SELECT FROM order_line WHERE order_id = $1', [orders[1]!.id])).toEqual([]);
  });

  it('names the first unknown SKU of several', async () => {
    const lines = ['TEA-SENCHA-100', 'NO-2', 'NO-1'].map((sku) => ({ sku, quantity: 1 }));
    const [answer] = await shop.execute(shop.placeOrders, [order('', { lines })]);
    expect(answer!.body.sku).toBe('NO-2');
  });

  it('announces each order as the contract has it, in the order of arrival, in its own trace', async () => {
    const orders = Array.from({ length: 20 }, (_, index) =>
      order('TEA-SENCHA-100', { customerId: `customer-${index}`, ...(index === 3 && { traceparent }) }),
    );
    const answers = await shop.execute(shop.placeOrders, orders);
    const events = await shop.events();
    expect(events.map(({ key }) => key)).toEqual(orders.map(({ id }) => id));
    expect(events[3]).toMatchObject({
      type: 'semel.purchase.placed.v1',
      headers: { ce_time: answers[3]!.body.placedAt, traceparent },
      data: {
        orderId: orders[3]!.id,
        customerId: 'customer-3',
        lines: [{ sku: 'TEA-SENCHA-100', quantity: 1 }],
        placedAt: answers[3]!.body.placedAt,
      },
    });
    expect(events[4]!.headers).not.toHaveProperty('traceparent');
    for (const { data } of events) PurchasePlaced.parse(data);
  });

  it('places the orders of a group in the order of their arrival, whatever their ids, in one millisecond', async () => {
    // Ids that descend: where two orders had the same instant, the later one would come first.
    const orders = Array.from({ length: 500 }, () => order('TEA-SENCHA-100'));
    const ids = orders.map(({ id }) => id).reverse();
    const arriving = orders.map((each, index) => ({ ...each, id: ids[index]! }));
    const [first] = await shop.execute(shop.placeOrders, arriving);
    const rows = await shop.rows<{ id: string; placed_at: Date; micros: number }>(
      `SELECT id, placed_at, extract(microseconds FROM placed_at)::int % 1000 AS micros
       FROM orders ORDER BY orders.placed_at, id`,
    );
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect([...new Set(rows.map((row) => row.placed_at.toISOString()))]).toEqual([first!.body.placedAt]);
    expect(rows[0]!.micros).toBe(0);
  });

  it('keeps a note of any characters that JSON can carry', async () => {
    const notes = ['plain', 'nul \u0000', 'half \ud800', '"quoted" \\ {a,b}', '', 'NULL'];
    for (const note of notes) PlaceOrder.parse({ lines: [{ sku: 'A', quantity: 1 }], note });
    await shop.execute(
      shop.placeOrders,
      notes.map((note) => order('TEA-SENCHA-100', { note })),
    );
    const rows = await shop.rows<{ note_json: string }>('SELECT note_json FROM orders ORDER BY placed_at');
    expect(rows.map(({ note_json }) => JSON.parse(note_json))).toEqual(notes);
    const without = await shop.place();
    expect(await shop.rows('SELECT note_json FROM orders WHERE id = $1', [without])).toEqual([
      { note_json: null },
    ]);
  });

  it('keeps the largest total that can be ordered exact', async () => {
    await shop.rows(`UPDATE product SET unit_price = 90000000000`);
    await shop.rows(
      `INSERT INTO product SELECT 'P' || n, 'Product', 90000000000, 'EUR' FROM generate_series(1, 100) AS n`,
    );
    const lines = Array.from({ length: 100 }, (_, index) => ({ sku: `P${index + 1}`, quantity: 1_000 }));
    const [answer] = await shop.execute(shop.placeOrders, [order('', { lines })]);
    expect(answer!.body.total).toEqual({ amount: 9_000_000_000_000_000, currency: 'EUR' });
    expect(await shop.rows('SELECT total FROM orders')).toEqual([{ total: '9000000000000000' }]);
  });
});
