import type { Statement } from '@semel/idempotency';

/** How much a SKU's numbers change by, all movements of a transaction together. */
export interface StockChange {
  readonly sku: string;
  readonly available: number;
  readonly reserved: number;
}

/** Changes each SKU once. The rows have to be locked before. */
export function moveStock(changes: readonly StockChange[]): Statement {
  return {
    text: `
      UPDATE stock SET
        available = stock.available + change.available,
        reserved = stock.reserved + change.reserved,
        updated_at = statement_timestamp()
      FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS change (sku, available, reserved)
      WHERE stock.sku = change.sku`,
    values: [
      changes.map(({ sku }) => sku),
      changes.map(({ available }) => available),
      changes.map(({ reserved }) => reserved),
    ],
  };
}
