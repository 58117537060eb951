import type { Statement } from '@semel/idempotency';
import type { PricedOrder } from '../new-order.js';

/** The lines of all orders of a group, numbered from 1 within each order. */
export function insertOrderLines(orders: readonly PricedOrder[]): Statement<never> {
  const ids: string[] = [];
  const positions: number[] = [];
  const skus: string[] = [];
  const quantities: number[] = [];
  const unitPrices: number[] = [];
  for (const { id, lines } of orders) {
    for (const [index, { sku, quantity, unitPrice }] of lines.entries()) {
      ids.push(id);
      positions.push(index + 1);
      skus.push(sku);
      quantities.push(quantity);
      unitPrices.push(unitPrice);
    }
  }
  return {
    name: 'order-insert-order-lines',
    text: `
      INSERT INTO order_line (order_id, position, sku, quantity, unit_price)
      SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::text[], $4::int[], $5::bigint[])`,
    values: [ids, positions, skus, quantities, unitPrices],
  };
}
