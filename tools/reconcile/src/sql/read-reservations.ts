import type { ReservationFound } from '../story.js';
import type { Statement } from './statement.js';

const columns = `
  r.order_id AS id, r.customer_id AS "customerId", r.status, r.rejection_code AS code, r.rejection_sku AS sku,
  (SELECT coalesce(string_agg(l.quantity || ' ' || l.sku, ', ' ORDER BY l.sku), '')
   FROM reservation_line AS l WHERE l.order_id = r.order_id) AS lines`;

/** The next reservations by the order's id. */
export function pageReservations(after: string, limit: number): Statement<{ readonly id: string }> {
  return {
    text: 'SELECT order_id AS id FROM reservation WHERE order_id > $1 ORDER BY order_id LIMIT $2',
    values: [after, limit],
  };
}

export function readReservations(ids: readonly string[]): Statement<ReservationFound> {
  return {
    text: `SELECT ${columns} FROM reservation AS r WHERE r.order_id = ANY ($1::text[])`,
    values: [ids],
  };
}
