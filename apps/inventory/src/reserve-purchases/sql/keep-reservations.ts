import type { RejectionCode, ReservationStatus } from '@semel/contracts';
import type { Statement } from '@semel/idempotency';

/** A reservation as it is after a batch. */
export interface ReservationRow {
  readonly orderId: string;
  readonly status: ReservationStatus;
  /** Undefined: not told by the events of this batch. */
  readonly customerId: string | undefined;
  readonly rejection: { readonly code: RejectionCode; readonly sku: string } | undefined;
}

/** Writes new reservations, and what became of earlier ones. One statement, because a batch holds both. */
export function keepReservations(rows: readonly ReservationRow[]): Statement {
  return {
    name: 'inventory-keep-reservations',
    text: `
      INSERT INTO reservation (order_id, status, customer_id, rejection_code, rejection_sku)
      SELECT order_id, status, customer_id, rejection_code, rejection_sku
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
        AS fresh (order_id, status, customer_id, rejection_code, rejection_sku)
      ON CONFLICT (order_id) DO UPDATE SET
        status = EXCLUDED.status,
        customer_id = coalesce(reservation.customer_id, EXCLUDED.customer_id),
        updated_at = statement_timestamp()`,
    values: [
      rows.map(({ orderId }) => orderId),
      rows.map(({ status }) => status),
      rows.map(({ customerId }) => customerId ?? null),
      rows.map(({ rejection }) => rejection?.code ?? null),
      rows.map(({ rejection }) => rejection?.sku ?? null),
    ],
  };
}
