import type { Statement } from '../../database.js';

export interface OrderCounts {
  readonly total: number;
  readonly placed: number;
  readonly confirmed: number;
  readonly rejected: number;
  readonly cancelled: number;
  readonly waitingEvents: number;
}

export function countOrders(): Statement<OrderCounts> {
  return {
    text: `
      SELECT count(*)::int AS total,
             count(*) FILTER (WHERE status = 'placed')::int AS placed,
             count(*) FILTER (WHERE status = 'confirmed')::int AS confirmed,
             count(*) FILTER (WHERE status = 'rejected')::int AS rejected,
             count(*) FILTER (WHERE status = 'cancelled')::int AS cancelled,
             (SELECT count(*)::int FROM outbox WHERE published_at IS NULL) AS "waitingEvents"
      FROM orders`,
  };
}
