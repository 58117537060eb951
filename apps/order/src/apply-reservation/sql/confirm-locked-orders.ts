import type { Statement } from '@semel/idempotency';

/** @param ids of orders that this transaction has locked and found to be placed */
export function confirmLockedOrders(ids: readonly string[]): Statement<never> {
  return {
    text: `
      UPDATE orders SET status = 'confirmed', version = version + 1, updated_at = statement_timestamp()
      WHERE id = ANY($1::uuid[])`,
    values: [ids],
  };
}
