import type { ReservationStatus } from '@semel/contracts';
import type { Statement } from '@semel/idempotency';

export interface LockedReservation {
  readonly order_id: string;
  readonly status: ReservationStatus;
  readonly customer_known: boolean;
}

/**
 * Locks what is known of these orders, in the order of their ids.
 *
 * LATERAL with LIMIT leaves the planner nothing but one index probe an order, whatever the size of the table: otherwise a plan
 * that is kept from when the table was small reads all of it, and one that is made anew does so up to some 50,000 rows.
 */
export function lockReservations(orderIds: readonly string[]): Statement<LockedReservation> {
  return {
    name: 'inventory-lock-reservations',
    text: `
      SELECT known.order_id, known.status, known.customer_known
      FROM (SELECT order_id FROM unnest($1::text[]) AS given (order_id) ORDER BY order_id COLLATE "C") AS wanted
      CROSS JOIN LATERAL (
        SELECT reservation.order_id, status, customer_id IS NOT NULL AS customer_known FROM reservation
        WHERE reservation.order_id = wanted.order_id
        LIMIT 1
        FOR NO KEY UPDATE
      ) AS known`,
    values: [orderIds],
  };
}
