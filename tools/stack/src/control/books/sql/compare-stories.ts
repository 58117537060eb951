import type { Statement } from '../../database.js';

export interface OrderStory {
  readonly id: string;
  readonly status: 'placed' | 'confirmed' | 'rejected' | 'cancelled';
  /** `2 TEA-1, 1 TEA-2`, by SKU. */
  readonly lines: string;
}

const orderStory = `
  SELECT id::text, status,
         (SELECT string_agg(quantity || ' ' || sku, ', ' ORDER BY sku) FROM order_line WHERE order_id = id) AS lines
  FROM orders`;

export function newestOrders(limit: number): Statement<OrderStory> {
  return { text: `${orderStory} ORDER BY id DESC LIMIT $1`, values: [limit] };
}

/** The next ones of a walk over all orders, by id. */
export function ordersAfter(id: string | undefined, limit: number): Statement<OrderStory> {
  return {
    text: `${orderStory} WHERE $1::uuid IS NULL OR id > $1::uuid ORDER BY id LIMIT $2`,
    values: [id ?? null, limit],
  };
}

export interface ReservationStory {
  readonly id: string;
  readonly status: 'reserved' | 'rejected' | 'released';
  readonly lines: string | null;
}

export function reservationsOf(ids: readonly string[]): Statement<ReservationStory> {
  return {
    text: `
      SELECT order_id AS id, status,
             (SELECT string_agg(quantity || ' ' || sku, ', ' ORDER BY sku) FROM reservation_line AS l
              WHERE l.order_id = r.order_id) AS lines
      FROM reservation AS r WHERE order_id = ANY ($1::text[])`,
    values: [ids],
  };
}

/** Those of these ids that are no order. */
export function missingOrders(ids: readonly string[]): Statement<{ readonly id: string }> {
  return {
    text: 'SELECT id FROM unnest($1::uuid[]) AS named (id) WHERE NOT EXISTS (SELECT FROM orders WHERE orders.id = named.id)',
    values: [ids],
  };
}
