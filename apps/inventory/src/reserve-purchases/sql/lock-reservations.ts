import type { ReservationStatus } from '@semel/contracts';
import type { Statement } from '@semel/idempotency';

export interface LockedReservation {
  readonly order_id: string;
  readonly status: ReservationStatus;
  readonly customer_known: boolean;
}

/** Locks what is known of these orders, in the order of their ids. */
export function lockReservations(orderIds: readonly string[]): Statement<LockedReservation> {
  return {
    name: 'lock-reservations',
    text: `
      SELECT order_id, status, customer_id IS NOT NULL AS customer_known FROM reservation
      WHERE order_id = ANY ($1::text[]) ORDER BY order_id
      FOR NO KEY UPDATE`,
    values: [orderIds],
  };
}
