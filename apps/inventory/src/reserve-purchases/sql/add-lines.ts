import type { Statement } from '@semel/idempotency';

export interface NewLine {
  readonly orderId: string;
  /** From 1 on, as the purchase listed it. */
  readonly position: number;
  readonly sku: string;
  readonly quantity: number;
}

export function addLines(lines: readonly NewLine[]): Statement {
  return {
    name: 'inventory-add-lines',
    text: `
      INSERT INTO reservation_line (order_id, position, sku, quantity)
      SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::integer[])`,
    values: [
      lines.map(({ orderId }) => orderId),
      lines.map(({ position }) => position),
      lines.map(({ sku }) => sku),
      lines.map(({ quantity }) => quantity),
    ],
  };
}
