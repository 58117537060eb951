import type { OrderFound } from '../story.js';
import type { Statement } from './statement.js';

const columns = `
  o.id, o.customer_id AS "customerId", o.status, o.version, o.rejection_code AS code, o.rejection_sku AS sku,
  o.total::text, lines.sum::text, lines.list AS lines, lines.units`;

/** Lines are compared as one text: quantities and SKUs in the order of the SKUs. */
const lines = `
  CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(l.quantity || ' ' || l.sku, ', ' ORDER BY l.sku), '') AS list,
           coalesce(sum(l.quantity * l.unit_price), 0) AS sum, coalesce(sum(l.quantity), 0)::int AS units
    FROM order_line AS l WHERE l.order_id = o.id) AS lines`;

/** The next orders by id, of those that were placed up to the watermark. */
export function pageOrders(after: string | undefined, until: Date, limit: number): Statement<OrderFound> {
  return {
    text: `
      SELECT ${columns} FROM (
        SELECT * FROM orders WHERE ($1::uuid IS NULL OR id > $1::uuid) AND placed_at <= $2 ORDER BY id LIMIT $3
      ) AS o ${lines} ORDER BY o.id`,
    values: [after ?? null, until, limit],
  };
}

/** @param ids whatever a message key may be: what is no UUID is no order */
export function readOrders(ids: readonly string[]): Statement<OrderFound> {
  return {
    text: `SELECT ${columns} FROM orders AS o ${lines} WHERE o.id = ANY ($1::uuid[])`,
    values: [ids.filter(isUuid)],
  };
}

/** Of an order, only what events are held against. */
export function readStatuses(
  ids: readonly string[],
): Statement<{ readonly id: string; readonly status: OrderFound['status'] }> {
  return {
    text: 'SELECT id, status FROM orders WHERE id = ANY ($1::uuid[])',
    values: [ids.filter(isUuid)],
  };
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}
