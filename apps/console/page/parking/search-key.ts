import { IdempotencyKey } from '@semel/contracts';
import { ReadError, read, type ServiceName } from '../api/read.js';
import { searchRows } from '../demo/search-rows.js';

/** A row of an idempotency table, for reading. */
export interface FoundKey {
  /** Whose table. */
  readonly table: string;
  /** Whose key: a caller's, or a consumer's with the event's type. */
  readonly scope: string | undefined;
  readonly status: string;
  readonly request: string | undefined;
  readonly answered: string | undefined;
  readonly createdAt: string | undefined;
  readonly processedAt: string | undefined;
  readonly expiresAt: string | undefined;
}

/** What both services know of a key: of everybody's in a demonstration, else of the callers' that the console stands for. */
export async function searchKey(key: string): Promise<readonly FoundKey[]> {
  if (import.meta.env.MODE === 'demo') return searchRows(key);
  const found = await Promise.all([
    ownKey('order', 'Order, the customer’s', key),
    ownKey('order-as-operator', 'Order, the operator’s', key),
    ownKey('inventory', 'Inventory, the operator’s', key),
  ]);
  return found.flat();
}

async function ownKey(service: ServiceName, table: string, key: string): Promise<FoundKey[]> {
  try {
    const row = await read(service, `/idempotency-keys/${encodeURIComponent(key)}`, IdempotencyKey);
    return [
      {
        table,
        scope: undefined,
        status: row.status,
        request: row.method === null ? undefined : `${row.method} ${row.path}`,
        answered: row.response === null ? undefined : String(row.response.status),
        createdAt: row.createdAt ?? undefined,
        processedAt: row.processedAt ?? undefined,
        expiresAt: row.expiresAt ?? undefined,
      },
    ];
  } catch (error) {
    if (error instanceof ReadError && [404, 400, 422].includes(error.status)) return [];
    throw error;
  }
}
