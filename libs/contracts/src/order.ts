import { z } from 'zod';
import { Instant } from './instant.js';
import { limits } from './limits.js';
import { Money } from './money.js';
import { OrderId } from './order-id.js';
import { OrderedLines } from './order-lines.js';
import { RejectionCode } from './rejection.js';
import { Sku } from './sku.js';
import { textOf } from './text.js';

/** The body of `POST /orders`. */
export const PlaceOrder = z.strictObject({
  lines: OrderedLines,
  note: textOf(0, limits.noteCharacters).optional(),
});
export type PlaceOrder = z.infer<typeof PlaceOrder>;

/** `placed` -> `confirmed` or `rejected`; `placed` or `confirmed` -> `cancelled`. */
export const OrderStatus = z.enum(['placed', 'confirmed', 'rejected', 'cancelled']);
export type OrderStatus = z.infer<typeof OrderStatus>;

/** A line of an order that was taken: the price is the one at the time of the order. */
export const OrderLine = z.object({ sku: Sku, quantity: z.int(), unitPrice: Money });
export type OrderLine = z.infer<typeof OrderLine>;

/** An order as Order answers it; `rejection` only where the status is `rejected`. */
export const Order = z.object({
  id: OrderId,
  customerId: z.string(),
  status: OrderStatus,
  lines: z.array(OrderLine),
  total: Money,
  placedAt: Instant,
  rejection: z.object({ code: RejectionCode, sku: Sku }).optional(),
});
export type Order = z.infer<typeof Order>;
