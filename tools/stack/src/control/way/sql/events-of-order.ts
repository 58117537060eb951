import type { Statement } from '../../database.js';

/** An event in a service's outbox. */
export interface OutboxRow {
  readonly id: string;
  readonly topic: string;
  readonly type: string;
  readonly createdAt: Date;
  readonly publishedAt: Date | null;
  /** Sent again on an operator's request. */
  readonly again: boolean;
}

/** No index serves it, and none shall: rows are kept for a short while, and one spectator asks once a second. */
export function eventsOfOrder(orderId: string): Statement<OutboxRow> {
  return {
    text: `
      SELECT id::text, topic, headers->>'ce_type' AS type, created_at AS "createdAt", published_at AS "publishedAt",
             replay_of IS NOT NULL AS again
      FROM outbox WHERE key = $1 ORDER BY id LIMIT 20`,
    values: [orderId],
  };
}

export interface OrderRow {
  readonly status: string;
  /** One more with each change; 1 is placed. */
  readonly version: number;
}

export function orderCalled(orderId: string): Statement<OrderRow> {
  return { text: 'SELECT status, version FROM orders WHERE id = $1::uuid', values: [orderId] };
}

export interface MovementRow {
  readonly sku: string;
  readonly kind: string;
  readonly available: string;
  readonly reserved: string;
  readonly at: Date;
}

export function movementsOfOrder(orderId: string): Statement<MovementRow> {
  return {
    text: `
      SELECT sku, kind, delta_available::text AS available, delta_reserved::text AS reserved, at
      FROM stock_movement
      WHERE sku IN (SELECT sku FROM reservation_line WHERE order_id = $1) AND order_id = $1 ORDER BY id LIMIT 200`,
    values: [orderId],
  };
}
