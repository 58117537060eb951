import { Inject, Injectable } from '@nestjs/common';
import { type Order, PURCHASE_CANCELLED, PURCHASES, type PurchaseCancelled } from '@semel/contracts';
import type { GroupAnswer, GroupHandler, Operation, Transaction } from '@semel/idempotency';
import { Outbox, type OutgoingEvent } from '@semel/outbox';
import { Problem } from '@semel/service';
import { orderIdOf } from '../order/order-id.js';
import type { OrderRow } from '../order/order-row.js';
import { orderTag, orderView } from '../order/order-view.js';
import { countOrders } from '../order/transitions.js';
import { unknownOrder } from '../order/unknown-order.js';
import { OrderWatch } from '../order-events/order-watch.js';
import type { Cancellation } from './cancellation.js';
import { type CancelledRow, cancelLockedOrders } from './sql/cancel-locked-orders.js';
import { lockOrders } from './sql/lock-orders.js';

/** Cancels many orders at a time; an order that several of them name is cancelled once and announced once. */
@Injectable()
export class CancelOrders implements GroupHandler<Cancellation, Order> {
  constructor(
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(OrderWatch) private readonly watch: OrderWatch,
  ) {}

  async execute(
    operations: readonly Operation<Cancellation>[],
    transaction: Transaction,
  ): Promise<(GroupAnswer<Order> | Problem)[]> {
    const ids = new Set(operations.flatMap(({ input }) => orderIdOf(input.orderId) ?? []));
    const rows = await transaction.query(lockOrders([...ids]));
    const orders = new Map(rows.map((row) => [row.id, row]));
    /** By order: the first operation that cancels it; its trace goes on with the event. */
    const cancelling = new Map<string, Cancellation>();
    for (const { input } of operations) {
      const order = ownOrder(input, orders);
      if (order !== undefined && isCancellable(order) && !cancelling.has(order.id))
        cancelling.set(order.id, input);
    }
    const cancelled = await this.cancel(cancelling, transaction);
    return operations.map(({ input }) => {
      const order = ownOrder(input, orders);
      if (order === undefined) return unknownOrder();
      if (order.status === 'rejected') return notCancellable(order);
      const version = cancelled.get(order.id)?.version ?? order.version;
      return answer({ ...order, status: 'cancelled', version });
    });
  }

  private async cancel(
    cancelling: ReadonlyMap<string, Cancellation>,
    transaction: Transaction,
  ): Promise<ReadonlyMap<string, CancelledRow>> {
    const ids = [...cancelling.keys()];
    if (ids.length === 0) return new Map();
    const rows = await transaction.query(cancelLockedOrders(ids));
    const cancelled = new Map(rows.map((row) => [row.id, row]));
    await this.outbox.append(
      [...cancelling].flatMap(([id, input]) => purchaseCancelled(input, cancelled.get(id))),
    );
    transaction.afterCommit(() => {
      countOrders('cancelled', ids.length);
      this.watch.changed(ids);
    });
    return cancelled;
  }
}

/** An operator, too, cancels nobody's order but his own: he may read all, that is all. */
function ownOrder(
  { orderId, customerId }: Cancellation,
  orders: ReadonlyMap<string, OrderRow>,
): OrderRow | undefined {
  const order = orders.get(orderIdOf(orderId) ?? '');
  return order?.customer_id === customerId ? order : undefined;
}

function isCancellable({ status }: OrderRow): boolean {
  return status === 'placed' || status === 'confirmed';
}

function notCancellable({ rejection_code: code, rejection_sku: sku }: OrderRow): Problem {
  return new Problem(
    'order-not-cancellable',
    `The order was rejected (${code}, ${sku}), so it holds no stock.`,
  );
}

function answer(row: OrderRow): GroupAnswer<Order> {
  return { status: 200, headers: { etag: orderTag(row) }, body: orderView(row) };
}

function purchaseCancelled({ traceparent }: Cancellation, row: CancelledRow | undefined): OutgoingEvent[] {
  if (row === undefined) return [];
  const data: PurchaseCancelled = { orderId: row.id, cancelledAt: row.updated_at.toISOString() };
  return [
    {
      topic: PURCHASES,
      key: row.id,
      type: PURCHASE_CANCELLED,
      data,
      time: row.updated_at,
      ...(traceparent !== undefined && { traceparent }),
    },
  ];
}
