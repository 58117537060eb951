import type { Statement } from '@semel/stack';

/** In Order's database: purchases that were told, and the orders that they are of. */
export function countPurchases(): Statement<{ events: number; orders: number }> {
  return {
    text: `SELECT count(*)::int AS events, count(DISTINCT key)::int AS orders
             FROM outbox
            WHERE topic = 'purchases' AND headers ->> 'ce_type' = 'semel.purchase.placed.v1'`,
  };
}
