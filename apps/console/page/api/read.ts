import type { ListPage } from '@semel/contracts';
import type { ZodType } from 'zod';

/** Order twice: as the page's customer, and as the operator. */
export type ServiceName = 'order' | 'order-as-operator' | 'inventory';

/** An answer that isn't the one that was asked for. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
  constructor(
    readonly status: number,
    path: string,
  ) {
    super(`${path} answered ${status}`);
  }
}

/** Reads a resource of a service. @throws ReadError, or TypeError where the console itself does not answer */
export async function read<Value>(
  service: ServiceName,
  path: string,
  schema: ZodType<Value>,
  signal?: AbortSignal,
): Promise<Value> {
  const response = await fetch(`/api/${service}${path}`, signal === undefined ? {} : { signal });
  if (!response.ok) throw new ReadError(response.status, path);
  return schema.parse(await response.json());
}

/** Reads a whole list, page by page. */
export async function readAll<Item>(
  service: ServiceName,
  path: string,
  schema: ZodType<ListPage<Item>>,
  signal?: AbortSignal,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? 'limit=100' : `limit=100&cursor=${encodeURIComponent(cursor)}`;
    const page: ListPage<Item> = await read(service, `${path}?${query}`, schema, signal);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}
