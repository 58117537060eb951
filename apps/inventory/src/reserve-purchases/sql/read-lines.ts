import type { Statement } from '@semel/idempotency';

export interface LineOfOrder {
  readonly order_id: string;
  readonly sku: string;
  readonly quantity: number;
}

/** The lines of these orders, in the order in which they were asked for. */
export function readLines(orderIds: readonly string[]): Statement<LineOfOrder> {
  return {
    text: `
      SELECT order_id, sku, quantity FROM reservation_line
      WHERE order_id = ANY ($1::text[]) ORDER BY order_id, position`,
    values: [orderIds],
  };
}
