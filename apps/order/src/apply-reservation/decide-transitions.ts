import { type OrderStatus, type ReservationMessage, STOCK_REJECTED, STOCK_RESERVED } from '@semel/contracts';
import { orderIdOf } from '../order/order-id.js';
import type { Rejection } from './sql/reject-locked-orders.js';

/** What a batch of reservation events does to the orders. */
export interface Transitions {
  readonly confirmed: readonly string[];
  readonly rejected: readonly Rejection[];
}

/**
 * Applies the events in their order. Only a placed order moves: to a cancelled one a reservation comes too late (Inventory releases
 * it when it reads of the cancellation), and `released` tells Order nothing that it has not decided itself.
 * @param statuses of the orders that are known; the events of others are passed over
 */
export function decideTransitions(
  events: readonly ReservationMessage[],
  statuses: ReadonlyMap<string, OrderStatus>,
): Transitions {
  const now = new Map(statuses);
  const confirmed: string[] = [];
  const rejected: Rejection[] = [];
  for (const event of events) {
    const orderId = orderIdOf(event.key);
    if (orderId === undefined || now.get(orderId) !== 'placed') continue;
    if (event.type === STOCK_RESERVED) {
      confirmed.push(orderId);
      now.set(orderId, 'confirmed');
    } else if (event.type === STOCK_REJECTED) {
      const { code, sku } = event.value;
      rejected.push({ orderId, code, sku });
      now.set(orderId, 'rejected');
    }
  }
  return { confirmed, rejected };
}
