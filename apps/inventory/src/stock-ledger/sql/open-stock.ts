import type { Statement } from '@semel/idempotency';

/** Makes a row with nothing in it for each SKU that has none; one that another transaction is making is waited for. */
export function openStock(skus: readonly string[]): Statement<{ readonly sku: string }> {
  return {
    text: `
      INSERT INTO stock (sku, available, reserved)
      SELECT sku, 0, 0 FROM unnest($1::text[]) AS fresh (sku) ORDER BY sku
      ON CONFLICT (sku) DO NOTHING
      RETURNING sku`,
    values: [skus],
  };
}
