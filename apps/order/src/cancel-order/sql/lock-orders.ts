import type { Statement } from '@semel/idempotency';
import { type OrderRow, orderColumns } from '../../order/order-row.js';

/**
 * Locks the orders in the order of their ids, so that two groups can't wait for each other, and tells what they are once the lock
 * is had: the predicate names nothing that changes, so no row is missed that changed while this waited. NO KEY, because inserts
 * of lines need not wait. Without a name, as are all statements here that look rows of a growing table up: a plan that is kept from
 * when the table was empty reads all of it.
 */
export function lockOrders(ids: readonly string[]): Statement<OrderRow> {
  return {
    text: `SELECT ${orderColumns} FROM orders AS o WHERE o.id = ANY($1::uuid[]) ORDER BY o.id FOR NO KEY UPDATE OF o`,
    values: [ids],
  };
}
