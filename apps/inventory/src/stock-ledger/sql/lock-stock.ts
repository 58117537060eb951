import type { Statement } from '@semel/idempotency';

export interface LockedStock {
  readonly sku: string;
  /** bigint, which the driver answers as text. */
  readonly available: string;
  readonly reserved: string;
}

/**
 * Locks the rows of these SKUs in the order of their SKUs, so that no two transactions deadlock. A statement of its own and by
 * the key alone: with a condition on what others change, a row that was restocked meanwhile would be missed.
 */
export function lockStock(skus: readonly string[]): Statement<LockedStock> {
  return {
    text: `
      SELECT sku, available, reserved FROM stock
      WHERE sku = ANY ($1::text[]) ORDER BY sku
      FOR NO KEY UPDATE`,
    values: [skus],
  };
}
