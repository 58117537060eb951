import { OrderStatus, RejectionCode, Sku } from '@semel/contracts';
import { z } from 'zod';
import { historyOf } from '../order/transitions.js';
import type { WatchedRow } from './sql/read-statuses.js';

/** The data of an event of `GET /orders/{id}/events`. */
export const StatusChange = z.object({
  orderId: z.string(),
  status: OrderStatus,
  rejection: z.object({ code: RejectionCode, sku: Sku }).optional(),
});

export interface StatusEvent {
  /** The version that the order had reached: what a client sends back as `Last-Event-ID`. */
  readonly id: number;
  readonly data: z.infer<typeof StatusChange>;
}

/** Every status that an order has reached after version `since`, also those that came and went unseen. */
export function statusEvents(order: WatchedRow, since: number): StatusEvent[] {
  const { id: orderId, rejection_code: code, rejection_sku: sku } = order;
  return historyOf(order)
    .map((status, index) => ({
      id: index + 1,
      data: {
        orderId,
        status,
        ...(status === 'rejected' && code !== null && sku !== null && { rejection: { code, sku } }),
      },
    }))
    .slice(since);
}
