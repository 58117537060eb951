import type { Statement } from '@semel/idempotency';
import type { PricedOrder } from '../new-order.js';

/** The lines of all orders of a group, numbered from 1 within each order. */
export function insertOrderLines(orders: readonly PricedOrder[]): Statement<never> {
  const lines = orders.flatMap(({ id, lines }) =>
    lines.map((line, index) => ({ ...line, id, position: index + 1 })),
  );
  return {
    name: 'order-insert-order-lines',
    text: `
      INSERT INTO order_line (order_id, position, sku, quantity, unit_price)
      SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::text[], $4::int[], $5::bigint[])`,
    values: [
      lines.map(({ id }) => id),
      lines.map(({ position }) => position),
      lines.map(({ sku }) => sku),
      lines.map(({ quantity }) => quantity),
      lines.map(({ unitPrice }) => unitPrice),
    ],
  };
}
