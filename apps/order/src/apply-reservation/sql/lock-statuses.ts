import type { OrderStatus } from '@semel/contracts';
import type { Statement } from '@semel/idempotency';

export interface StatusRow {
  readonly id: string;
  readonly status: OrderStatus;
}

/**
 * Locks orders in the order of their ids, as every other statement here does that locks several, and tells their statuses once the
 * lock is had.
 */
export function lockStatuses(ids: readonly string[]): Statement<StatusRow> {
  return {
    text: 'SELECT id, status FROM orders WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
    values: [ids],
  };
}
