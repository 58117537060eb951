import type { OrderStatus, RejectionCode } from '@semel/contracts';
import type { Statement } from '@semel/idempotency';

export interface WatchedRow {
  readonly id: string;
  readonly status: OrderStatus;
  readonly version: number;
  readonly rejection_code: RejectionCode | null;
  readonly rejection_sku: string | null;
}

/** Where the watched orders are now. */
export function readStatuses(ids: readonly string[]): Statement<WatchedRow> {
  return {
    text: 'SELECT id, status, version, rejection_code, rejection_sku FROM orders WHERE id = ANY($1::uuid[])',
    values: [ids],
  };
}
