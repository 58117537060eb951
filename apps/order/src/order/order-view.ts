import type { Order } from '@semel/contracts';
import type { OrderRow } from './order-row.js';

/** An order as REST answers it, wherever it was read. */
export function orderView(row: OrderRow): Order {
  const { currency, rejection_code: code, rejection_sku: sku } = row;
  return {
    id: row.id,
    customerId: row.customer_id,
    status: row.status,
    lines: row.lines.map(({ sku, quantity, unitPrice }) => ({
      sku,
      quantity,
      unitPrice: { amount: unitPrice, currency },
    })),
    total: { amount: Number(row.total), currency },
    placedAt: row.placed_at.toISOString(),
    ...(code !== null && sku !== null && { rejection: { code, sku } }),
  };
}

/** The entity tag of a version of an order: a strong one, because the same version is always the same bytes. */
export function orderTag({ version }: Pick<OrderRow, 'version'>): string {
  return `"${version}"`;
}
