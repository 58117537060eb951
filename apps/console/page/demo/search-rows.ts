import type { FoundKey } from '../parking/search-key.js';
import { readControl } from './control.js';
import { FoundRows, type KeyRow } from './key-rows.js';

/** The rows of a key in both tables, whoever's it is. */
export async function searchRows(key: string): Promise<readonly FoundKey[]> {
  const { order, inventory } = await readControl(`/keys?key=${encodeURIComponent(key)}`, FoundRows);
  return [...order.map((row) => found('Order', row)), ...inventory.map((row) => found('Inventory', row))];
}

function found(table: string, row: KeyRow): FoundKey {
  return {
    table,
    scope: row.scope,
    status: row.status,
    request: row.method === null ? undefined : `${row.method} ${row.path}`,
    answered: row.responseStatus === null ? undefined : String(row.responseStatus),
    createdAt: row.createdAt,
    processedAt: row.processedAt ?? undefined,
    expiresAt: row.expiresAt,
  };
}
