import { z } from 'zod';
import { decoderOf, type MessageOf } from './event-decoder.js';
import { Instant } from './instant.js';
import { limits } from './limits.js';
import { OrderId } from './order-id.js';
import { EventLines } from './order-lines.js';

export const PURCHASE_PLACED = 'semel.purchase.placed.v1';
export const PURCHASE_CANCELLED = 'semel.purchase.cancelled.v1';

/** A customer as events name it: the `sub` of the token that placed the order. U+0000 fits no `text` column. */
export const CustomerId = z
  .string()
  .min(1)
  .max(limits.subjectCharacters)
  .refine((id) => !id.includes('\0'), { error: 'must not contain U+0000' });

/** An order was taken and asks for its stock. */
export const PurchasePlaced = z.looseObject({
  orderId: OrderId,
  customerId: CustomerId,
  lines: EventLines,
  placedAt: Instant,
});
export type PurchasePlaced = Pick<
  z.infer<typeof PurchasePlaced>,
  'orderId' | 'customerId' | 'lines' | 'placedAt'
>;

/** An order was cancelled: its stock is released, or never reserved where this arrives before the purchase. */
export const PurchaseCancelled = z.looseObject({ orderId: OrderId, cancelledAt: Instant });
export type PurchaseCancelled = Pick<z.infer<typeof PurchaseCancelled>, 'orderId' | 'cancelledAt'>;

/** A message of the topic `purchases`, narrowed by its `type`. */
export type PurchaseMessage = MessageOf<{
  [PURCHASE_PLACED]: PurchasePlaced;
  [PURCHASE_CANCELLED]: PurchaseCancelled;
}>;

/** Decodes the topic `purchases`. */
export const decodePurchase = decoderOf<PurchasePlaced | PurchaseCancelled>({
  [PURCHASE_PLACED]: PurchasePlaced,
  [PURCHASE_CANCELLED]: PurchaseCancelled,
});
