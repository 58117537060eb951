import type { Statement } from '@semel/idempotency';

export interface CancelledRow {
  readonly id: string;
  readonly version: number;
  readonly updated_at: Date;
}

/** @param ids of orders that this transaction has locked and found to be cancellable */
export function cancelLockedOrders(ids: readonly string[]): Statement<CancelledRow> {
  return {
    text: `
      UPDATE orders
      SET status = 'cancelled', version = version + 1, updated_at = date_trunc('milliseconds', statement_timestamp())
      WHERE id = ANY($1::uuid[])
      RETURNING id, version, updated_at`,
    values: [ids],
  };
}
