import type { OrderStatus } from '@semel/contracts';
import type { Statement } from '@semel/idempotency';
import { type OrderRow, orderColumns } from '../../order/order-row.js';

/** Where a page of orders ended: the place of its last one, in microseconds since the epoch, and its id. */
type OrderPosition = readonly [placedAtMicros: number, id: string];

export interface ListedOrderRow extends OrderRow {
  /** bigint as text; below 2^53 until the year 2255. */
  readonly placed_at_micros: string;
}

export interface OrdersWanted {
  readonly customerId: string;
  readonly status?: OrderStatus | undefined;
  readonly after?: OrderPosition | undefined;
  readonly rows: number;
}

/**
 * Newest first. Two texts, because a predicate that may be absent would keep the planner from the index of statuses. The page is
 * cut before the lines are read.
 */
export function listOrders({ customerId, status, after, rows }: OrdersWanted): Statement<ListedOrderRow> {
  const [micros, id] = after ?? [null, null];
  const values = [customerId, micros, id, rows];
  const ofStatus = status === undefined ? '' : 'AND p.status = $5::text';
  return {
    text: `
      SELECT ${orderColumns}, (extract(epoch FROM o.placed_at) * 1000000)::bigint AS placed_at_micros
      FROM (
        SELECT * FROM orders AS p
        WHERE p.customer_id = $1::text ${ofStatus}
          AND ($2::bigint IS NULL OR (p.placed_at, p.id)
               < (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::uuid))
        ORDER BY p.placed_at DESC, p.id DESC
        LIMIT $4::int
      ) AS o
      ORDER BY o.placed_at DESC, o.id DESC`,
    values: status === undefined ? values : [...values, status],
  };
}
