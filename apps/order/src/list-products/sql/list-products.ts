import type { Statement } from '@semel/idempotency';

export interface ProductRow {
  readonly sku: string;
  readonly name: string;
  /** Minor units. */
  readonly unit_price: string;
  readonly currency: string;
}

/** The catalogue in the order of its SKUs, byte by byte. @param after the last SKU of the page before */
export function listProducts(after: string, rows: number): Statement<ProductRow> {
  return {
    text: 'SELECT sku, name, unit_price, currency FROM product WHERE sku > $1::text ORDER BY sku LIMIT $2::int',
    values: [after, rows],
  };
}
