import type { RejectionCode } from '@semel/contracts';
import type { Statement } from '@semel/idempotency';

export interface Rejection {
  readonly orderId: string;
  readonly code: RejectionCode;
  readonly sku: string;
}

/** @param rejections of orders that this transaction has locked and found to be placed, each once */
export function rejectLockedOrders(rejections: readonly Rejection[]): Statement<never> {
  return {
    text: `
      UPDATE orders AS o
      SET status = 'rejected', version = o.version + 1, updated_at = statement_timestamp(),
          rejection_code = rejected.code, rejection_sku = rejected.sku
      FROM unnest($1::uuid[], $2::text[], $3::text[]) AS rejected (id, code, sku)
      WHERE o.id = rejected.id`,
    values: [
      rejections.map(({ orderId }) => orderId),
      rejections.map(({ code }) => code),
      rejections.map(({ sku }) => sku),
    ],
  };
}
