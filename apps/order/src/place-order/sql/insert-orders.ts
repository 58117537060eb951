import type { Statement } from '@semel/idempotency';
import type { PricedOrder } from '../new-order.js';

/**
 * The orders of a group. They are a microsecond apart, so that "newest first" is the order in which they arrived; a group has at
 * most 500, so none leaves the millisecond that its answer tells.
 */
export function insertOrders(orders: readonly PricedOrder[], placedAt: Date): Statement<never> {
  return {
    name: 'order-insert-orders',
    text: `
      INSERT INTO orders (id, customer_id, status, version, total, currency, note_json, placed_at, updated_at)
      SELECT o.id, o.customer_id, 'placed', 1, o.total, o.currency, o.note_json, o.placed_at, o.placed_at
      FROM (
        SELECT placed.*, $6::timestamptz + (placed.ordinality - 1) * interval '1 microsecond' AS placed_at
        FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[])
             WITH ORDINALITY AS placed (id, customer_id, total, currency, note_json, ordinality)
      ) AS o`,
    values: [
      orders.map(({ id }) => id),
      orders.map(({ customerId }) => customerId),
      orders.map(({ total }) => total),
      orders.map(({ currency }) => currency),
      orders.map(({ note }) => (note === undefined ? null : JSON.stringify(note))),
      placedAt.toISOString(),
    ],
  };
}
