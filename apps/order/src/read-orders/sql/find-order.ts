import type { Statement } from '@semel/idempotency';
import { type OrderRow, orderColumns } from '../../order/order-row.js';

export function findOrder(id: string): Statement<OrderRow> {
  return { text: `SELECT ${orderColumns} FROM orders AS o WHERE o.id = $1::uuid`, values: [id] };
}
