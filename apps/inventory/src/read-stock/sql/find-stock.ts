import type { Statement } from '@semel/idempotency';

export interface StockRow {
  readonly sku: string;
  /** bigint, which the driver answers as text. */
  readonly available: string;
  readonly reserved: string;
}

export function findStock(sku: string): Statement<StockRow> {
  return { text: 'SELECT sku, available, reserved FROM stock WHERE sku = $1', values: [sku] };
}
