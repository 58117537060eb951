import { z } from 'zod';
import { limits } from './limits.js';
import { OrderStatus } from './order.js';

/** A page of a list. `nextCursor` is null on the last page. */
export function listPageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
export interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** The query of every list: `limit` in decimal digits, 1 to 100 (20 where absent), and the `nextCursor` of the page before. */
export const ListQuery = z.object({
  limit: z
    .string()
    .regex(/^(?:[1-9][0-9]?|100)$/, { error: `must be a whole number from 1 to ${limits.pageSize}` })
    .transform(Number)
    .default(limits.defaultPageSize)
    .meta({ type: 'integer', minimum: 1, maximum: limits.pageSize, default: limits.defaultPageSize }),
  cursor: z.string().max(1_024).optional(),
});
export type ListQuery = z.infer<typeof ListQuery>;

/** The query of `GET /orders`. */
export const ListOrdersQuery = ListQuery.extend({ status: OrderStatus.optional() });
export type ListOrdersQuery = z.infer<typeof ListOrdersQuery>;
