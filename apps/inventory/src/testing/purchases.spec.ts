import { PURCHASE_CANCELLED, PURCHASE_PLACED } from '@semel/contracts';
import type { IncomingPurchase } from '../reserve-purchases/reserve-purchases.js';

type Placed = Extract<IncomingPurchase, { type: typeof PURCHASE_PLACED }>;
type Cancelled = Extract<IncomingPurchase, { type: typeof PURCHASE_CANCELLED }>;

/** A purchase of these quantities, by SKU. */
export function placed(
  orderId: string,
  wanted: Readonly<Record<string, number>>,
  customerId = 'alice',
): Placed {
  const lines = Object.entries(wanted).map(([sku, quantity]) => ({ sku, quantity }));
  const value = { orderId, customerId, lines, placedAt: '2026-03-01T12:00:00Z' };
  return { key: orderId, type: PURCHASE_PLACED, value };
}

export function cancelled(orderId: string): Cancelled {
  return { key: orderId, type: PURCHASE_CANCELLED, value: { orderId, cancelledAt: '2026-03-01T12:00:01Z' } };
}
