import type { Statement } from '@semel/idempotency';

export interface OldestPlaced {
  readonly id: string;
  readonly age: number;
}

/** The order that has been waiting longest for Inventory's answer, and for how many seconds: the first entry of an index. */
export function findOldestPlaced(): Statement<OldestPlaced> {
  return {
    text: `
      SELECT id, greatest(0, extract(epoch FROM clock_timestamp() - placed_at))::float8 AS age
      FROM orders WHERE status = 'placed' ORDER BY placed_at LIMIT 1`,
  };
}
