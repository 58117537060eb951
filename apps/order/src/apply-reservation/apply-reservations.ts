import { Inject, Injectable } from '@nestjs/common';
import type { ReservationMessage } from '@semel/contracts';
import {
  type GroupAnswer,
  type IncomingMessage,
  type Operation,
  ParkError,
  type Transaction,
} from '@semel/idempotency';
import { LOG, type Log } from '@semel/service';
import { orderIdOf } from '../order/order-id.js';
import { countOrders } from '../order/transitions.js';
import { OrderWatch } from '../order-events/order-watch.js';
import { decideTransitions, type Transitions } from './decide-transitions.js';
import { confirmLockedOrders } from './sql/confirm-locked-orders.js';
import { lockStatuses } from './sql/lock-statuses.js';
import { rejectLockedOrders } from './sql/reject-locked-orders.js';

/** A reservation event as it was received and decoded. */
export type ReceivedReservation = ReservationMessage & IncomingMessage;

/** Moves the orders of a batch of reservation events, in at most three statements. */
@Injectable()
export class ApplyReservations {
  constructor(
    @Inject(OrderWatch) private readonly watch: OrderWatch,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** @returns one result an event, in order: a ParkError `unknown-order` for an order that was never taken here */
  async execute(
    operations: readonly Operation<ReceivedReservation>[],
    transaction: Transaction,
  ): Promise<(GroupAnswer | ParkError)[]> {
    const events = operations.map(({ input }) => input);
    const ids = new Set(events.flatMap(({ key }) => orderIdOf(key) ?? []));
    const rows = await transaction.query(lockStatuses([...ids]));
    const statuses = new Map(rows.map(({ id, status }) => [id, status]));
    await this.move(decideTransitions(events, statuses), events, transaction);
    return events.map(({ key }) => {
      const known = statuses.has(orderIdOf(key) ?? '');
      return known
        ? { status: 200 }
        : new ParkError('unknown-order', `Order has never taken an order ${key}.`);
    });
  }

  private async move(
    { confirmed, rejected }: Transitions,
    events: readonly ReceivedReservation[],
    transaction: Transaction,
  ): Promise<void> {
    await Promise.all([
      confirmed.length > 0 && transaction.query(confirmLockedOrders(confirmed)),
      rejected.length > 0 && transaction.query(rejectLockedOrders(rejected)),
    ]);
    const moved = [...confirmed, ...rejected.map(({ orderId }) => orderId)];
    if (moved.length === 0) return;
    transaction.afterCommit(() => {
      countOrders('confirmed', confirmed.length);
      countOrders('rejected', rejected.length);
      this.watch.changed(moved);
      this.logMoved(events, new Set(moved));
    });
  }

  private logMoved(events: readonly ReceivedReservation[], moved: ReadonlySet<string>): void {
    for (const { key, type, traceparent } of events) {
      const orderId = orderIdOf(key);
      if (orderId === undefined || !moved.has(orderId)) continue;
      const traceId = traceparent?.split('-')[1];
      this.log.info({ key, orderId, outcome: 'executed', type, traceId }, 'reservation applied');
    }
  }
}
