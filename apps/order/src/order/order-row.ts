import type { OrderStatus, RejectionCode } from '@semel/contracts';

/** A line as `json_agg` hands it over: the price is a JSON number, in minor units. */
interface LineRow {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: number;
}

/** An order as the statements of this service read it; bigint comes as text. */
export interface OrderRow {
  readonly id: string;
  readonly customer_id: string;
  readonly status: OrderStatus;
  readonly version: number;
  readonly rejection_code: RejectionCode | null;
  readonly rejection_sku: string | null;
  readonly total: string;
  readonly currency: string;
  readonly placed_at: Date;
  readonly lines: readonly LineRow[];
}

/** What `OrderRow` needs of the table, where it is called `o`. */
export const orderColumns = `
  o.id, o.customer_id, o.status, o.version, o.rejection_code, o.rejection_sku, o.total, o.currency, o.placed_at,
  (SELECT json_agg(json_build_object('sku', l.sku, 'quantity', l.quantity, 'unitPrice', l.unit_price) ORDER BY l.position)
   FROM order_line AS l WHERE l.order_id = o.id) AS lines`;
