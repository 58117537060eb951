import { Inject, Injectable } from '@nestjs/common';
import { type Order, PURCHASE_PLACED, PURCHASES, type PurchasePlaced } from '@semel/contracts';
import type { GroupAnswer, GroupHandler, Operation, Transaction } from '@semel/idempotency';
import { Outbox, type OutgoingEvent } from '@semel/outbox';
import { Problem } from '@semel/service';
import type { OrderRow } from '../order/order-row.js';
import { orderTag, orderView } from '../order/order-view.js';
import { countOrders } from '../order/transitions.js';
import type { NewOrder, PricedOrder } from './new-order.js';
import { priceOrder } from './price-order.js';
import { insertOrderLines } from './sql/insert-order-lines.js';
import { insertOrders } from './sql/insert-orders.js';
import { readClock } from './sql/read-clock.js';
import { readPrices } from './sql/read-prices.js';

/** Takes many orders at a time: two round trips for all of them, whatever they ask for. */
@Injectable()
export class PlaceOrders implements GroupHandler<NewOrder, Order> {
  constructor(@Inject(Outbox) private readonly outbox: Outbox) {}

  async execute(
    operations: readonly Operation<NewOrder>[],
    transaction: Transaction,
  ): Promise<(GroupAnswer<Order> | Problem)[]> {
    const skus = new Set(operations.flatMap(({ input }) => input.lines.map(({ sku }) => sku)));
    const [clock, prices] = await Promise.all([
      transaction.query(readClock()),
      transaction.query(readPrices([...skus])),
    ]);
    const [{ now } = clockUnread()] = clock;
    const bySku = new Map(prices.map((price) => [price.sku, price]));
    const results = operations.map(({ input }) => priceOrder(input, bySku));
    await this.store(
      results.filter((result): result is PricedOrder => !(result instanceof Problem)),
      now,
      transaction,
    );
    return results.map((result) => (result instanceof Problem ? result : created(result, now)));
  }

  private async store(orders: readonly PricedOrder[], now: Date, transaction: Transaction): Promise<void> {
    if (orders.length === 0) return;
    await Promise.all([
      transaction.query(insertOrders(orders, now)),
      transaction.query(insertOrderLines(orders)),
      this.outbox.append(orders.map((order) => purchasePlaced(order, now))),
    ]);
    transaction.afterCommit(() => countOrders('placed', orders.length));
  }
}

function purchasePlaced(order: PricedOrder, now: Date): OutgoingEvent {
  const { id, customerId, traceparent } = order;
  const lines = order.lines.map(({ sku, quantity }) => ({ sku, quantity }));
  const data: PurchasePlaced = { orderId: id, customerId, lines, placedAt: now.toISOString() };
  return {
    topic: PURCHASES,
    key: id,
    type: PURCHASE_PLACED,
    data,
    time: now,
    ...(traceparent !== undefined && { traceparent }),
  };
}

function created(order: PricedOrder, now: Date): GroupAnswer<Order> {
  const row: OrderRow = {
    id: order.id,
    customer_id: order.customerId,
    status: 'placed',
    version: 1,
    rejection_code: null,
    rejection_sku: null,
    total: String(order.total),
    currency: order.currency,
    placed_at: now,
    lines: order.lines,
  };
  return {
    status: 201,
    headers: { location: `/orders/${row.id}`, etag: orderTag(row) },
    body: orderView(row),
  };
}

function clockUnread(): never {
  throw new Error('The database answered no row to a SELECT without FROM.');
}
