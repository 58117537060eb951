import type { Product } from '@semel/contracts';
import type { Statement } from '@semel/idempotency';

/** A product that is there already keeps its name and price, whatever the seeds say. */
export function insertMissingProducts(products: readonly Product[]): Statement<{ readonly sku: string }> {
  return {
    text: `
      INSERT INTO product (sku, name, unit_price, currency)
      SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
      ON CONFLICT (sku) DO NOTHING
      RETURNING sku`,
    values: [
      products.map(({ sku }) => sku),
      products.map(({ name }) => name),
      products.map(({ unitPrice }) => unitPrice.amount),
      products.map(({ unitPrice }) => unitPrice.currency),
    ],
  };
}
