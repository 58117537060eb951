import { seedCatalogue } from '@semel/contracts';
import type { DataSource } from 'typeorm';
import { rowsOf } from '../database/rows-of.js';
import { moveStock } from '../stock-ledger/sql/move-stock.js';
import { openStock } from '../stock-ledger/sql/open-stock.js';
import { recordMovements } from '../stock-ledger/sql/record-movements.js';

/**
 * Puts the seed catalogue's stock on the shelves, each SKU with its movement. A SKU that is there keeps what it has.
 * @returns how many SKUs were new
 */
export async function seedStock(dataSource: DataSource): Promise<number> {
  return dataSource.transaction(async (transaction) => {
    const opened = await rowsOf(transaction, openStock(seedCatalogue.map(({ sku }) => sku)));
    const fresh = new Set(opened.map(({ sku }) => sku));
    const changes = seedCatalogue
      .filter(({ sku }) => fresh.has(sku))
      .map(({ sku, stock }) => ({ sku, available: stock, reserved: 0 }));
    await rowsOf(transaction, moveStock(changes));
    await rowsOf(
      transaction,
      recordMovements(changes.map((change) => ({ ...change, kind: 'set', reason: 'seed' }))),
    );
    return fresh.size;
  });
}
