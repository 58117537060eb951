import type { OrderedLine, ReservationStatus } from '@semel/contracts';
import type { Statement } from '@semel/idempotency';

export interface ReservationRow {
  readonly customer_id: string | null;
  readonly status: ReservationStatus;
  readonly lines: readonly OrderedLine[];
}

/** A reservation with its lines in the order in which they were asked for, from one snapshot. */
export function findReservation(orderId: string): Statement<ReservationRow> {
  return {
    text: `
      SELECT customer_id, status, (
        SELECT coalesce(json_agg(json_build_object('sku', sku, 'quantity', quantity) ORDER BY position), '[]')
        FROM reservation_line WHERE reservation_line.order_id = reservation.order_id
      ) AS lines
      FROM reservation WHERE order_id = $1`,
    values: [orderId],
  };
}
