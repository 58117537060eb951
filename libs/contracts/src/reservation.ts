import { z } from 'zod';
import { OrderId } from './order-id.js';
import { Sku } from './sku.js';

export const ReservationStatus = z.enum(['reserved', 'rejected', 'released']);
export type ReservationStatus = z.infer<typeof ReservationStatus>;

/** What Inventory did for an order: `GET /reservations/{orderId}`. */
export const Reservation = z.object({
  orderId: OrderId,
  status: ReservationStatus,
  lines: z.array(z.object({ sku: Sku, quantity: z.int() })),
});
export type Reservation = z.infer<typeof Reservation>;
