import type { Statement } from '@semel/idempotency';

export interface PriceRow {
  readonly sku: string;
  /** Minor units. */
  readonly unit_price: string;
  readonly currency: string;
}

/** The prices of everything that a group of orders asks for. */
export function readPrices(skus: readonly string[]): Statement<PriceRow> {
  return {
    name: 'order-read-prices',
    text: 'SELECT sku, unit_price, currency FROM product WHERE sku = ANY($1::text[])',
    values: [skus],
  };
}
