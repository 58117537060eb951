import { PurchaseCancelled } from '@semel/contracts';
import { newOrderId } from '../order/order-id.js';
import { OrderDatabase } from '../testing/order-database.spec.js';
import { CancelOrders } from './cancel-orders.js';
import type { Cancellation } from './cancellation.js';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('cancelling orders in a group', () => {
  let shop: OrderDatabase;
  let cancelOrders: CancelOrders;
  beforeEach(async () => {
    shop = await OrderDatabase.create();
    cancelOrders = new CancelOrders(shop.outbox, shop.watch);
  });
  afterEach(() => shop.drop());

  const cancel = (...inputs: (string | Cancellation)[]) =>
    shop.execute(
      cancelOrders,
      inputs.map((input) => (typeof input === 'string' ? { orderId: input, customerId: 'alice' } : input)),
    );
  const cancellations = async () =>
    (await shop.events()).filter(({ type }) => type === 'semel.purchase.cancelled.v1');

  it('cancels placed and confirmed orders and announces each once', async () => {
    const placed = await shop.place();
    const confirmed = await shop.place();
    await shop.move(confirmed, 'confirmed');
    const answers = await cancel({ orderId: placed, customerId: 'alice', traceparent }, confirmed);
    expect(answers.map(({ status, headers, body }) => [status, headers.etag, body.status])).toEqual([
      [200, '"2"', 'cancelled'],
      [200, '"3"', 'cancelled'],
    ]);
    expect(answers[0]!.body.lines).toHaveLength(1);
    const events = await cancellations();
    expect(events.map(({ key }) => key)).toEqual([placed, confirmed]);
    expect(events[0]!.headers.traceparent).toBe(traceparent);
    for (const { key, data, headers } of events) {
      expect(PurchaseCancelled.parse(data)).toEqual({ orderId: key, cancelledAt: headers.ce_time });
    }
  });

  it('makes one event of several cancellations of an order in one group, and answers all alike', async () => {
    const id = await shop.place();
    const answers = await cancel(id, id, id.toUpperCase());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await cancellations()).toHaveLength(1);
    expect(await shop.rows('SELECT status, version FROM orders')).toEqual([
      { status: 'cancelled', version: 2 },
    ]);
  });

  it('answers a cancelled order again and announces nothing', async () => {
    const id = await shop.place();
    const [first] = await cancel(id);
    const [second] = await cancel(id);
    expect(second).toEqual(first);
    expect(await cancellations()).toHaveLength(1);
  });

  it('refuses to cancel a rejected order, beside others that it cancels', async () => {
    const rejected = await shop.place();
    await shop.move(rejected, 'rejected');
    const placed = await shop.place();
    const answers = await cancel(rejected, placed);
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'order-not-cancellable'],
      [200, undefined],
    ]);
    expect(await shop.status(rejected)).toBe('rejected');
    expect((await cancellations()).map(({ key }) => key)).toEqual([placed]);
  });

  it('tells the order of somebody else and one that never was in the same words', async () => {
    const id = await shop.place({ customerId: 'bob' });
    const answers = await cancel(id, newOrderId(), 'no-uuid');
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(Array(3).fill([404, 'not-found']));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await shop.status(id)).toBe('placed');
    expect(await cancellations()).toEqual([]);
  });

  it('sees what became of an order while it waited for its lock', async () => {
    const id = await shop.place();
    const other = shop.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query(
      `UPDATE orders SET status = 'rejected', version = 2, rejection_code = 'unknown-sku', rejection_sku = 'A' WHERE id = $1`,
      [id],
    );
    const cancelling = cancel(id);
    await shop.untilSomebodyWaits();
    await other.commitTransaction();
    await other.release();
    expect((await cancelling)[0]!.body.code).toBe('order-not-cancellable');
  });

  it('locks in the order of the ids, whatever order they are asked for in', async () => {
    const ids = [await shop.place(), await shop.place()].sort();
    const other = shop.dataSource.createQueryRunner();
    await other.startTransaction();
    const [first, second] = ids;
    await other.query('SELECT FROM orders WHERE id = $1 FOR UPDATE', [first]);
    const cancelling = cancel(second!, first!);
    await shop.untilSomebodyWaits();
    // The group waits for the first id and so has not locked the second one yet.
    await other.query('SELECT FROM orders WHERE id = $1 FOR UPDATE NOWAIT', [second]);
    await other.commitTransaction();
    await other.release();
    expect((await cancelling).map(({ status }) => status)).toEqual([200, 200]);
  });
});
