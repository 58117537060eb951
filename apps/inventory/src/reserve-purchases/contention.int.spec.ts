import { InventoryDatabase } from '../testing/inventory-database.spec.js';
import { PurchaseBatches } from '../testing/purchase-batches.spec.js';
import { cancelled, placed } from '../testing/purchases.spec.js';

describe('batches at the same time', () => {
  let inventory: InventoryDatabase;
  let batches: PurchaseBatches;
  beforeEach(async () => {
    inventory = await InventoryDatabase.create();
    batches = new PurchaseBatches(inventory);
  });
  afterEach(() => inventory.drop());

  const countOf = async (status: string) =>
    (await inventory.rows('SELECT FROM reservation WHERE status = $1', [status])).length;

  it('sells one unit once to 500 buyers, whichever batch they are in', async () => {
    await inventory.shelve({ A: 1 });
    const buyers = Array.from({ length: 500 }, (_, buyer) => placed(`order-${buyer}`, { A: 1 }));
    const ten = Array.from({ length: 10 }, (_, batch) => buyers.slice(batch * 50, batch * 50 + 50));
    await Promise.all(ten.map((batch) => batches.take(...batch)));
    expect(await countOf('reserved')).toBe(1);
    expect(await countOf('rejected')).toBe(499);
    expect(await inventory.stock('A')).toEqual([0, 1]);
    expect(await inventory.events()).toHaveLength(500);
    expect(await inventory.unexplained()).toEqual([]);
  });

  it('sees what was restocked while it waited for the lock', async () => {
    await inventory.shelve({ A: 0 });
    const other = inventory.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query(`UPDATE stock SET available = 1 WHERE sku = 'A'`);
    await other.query(
      `INSERT INTO stock_movement (sku, kind, delta_available, delta_reserved) VALUES ('A', 'set', 1, 0)`,
    );
    const taking = batches.take(placed('1', { A: 1 }));
    await someoneWaits(inventory);
    await other.commitTransaction();
    await other.release();
    await taking;
    expect((await inventory.reservation('1'))?.status).toBe('reserved');
    expect(await inventory.unexplained()).toEqual([]);
  });

  it('locks stock in the order of the SKUs, not of the lines or the table', async () => {
    await inventory.shelve({ Z: 1, A: 1 });
    const other = inventory.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query(`SELECT FROM stock WHERE sku = 'A' FOR UPDATE`);
    const taking = batches.take(placed('1', { Z: 1, A: 1 }));
    await someoneWaits(inventory);
    // Whoever waits for A must not hold Z yet.
    expect(await inventory.rows(`SELECT sku FROM stock FOR UPDATE SKIP LOCKED`)).toEqual([{ sku: 'Z' }]);
    await other.commitTransaction();
    await other.release();
    expect(await taking).toEqual(['executed']);
  });

  it('never deadlocks however the SKUs of the batches cross', async () => {
    const skus = Array.from({ length: 8 }, (_, index) => `S${index}`);
    await inventory.shelve(Object.fromEntries(skus.map((sku) => [sku, 1_000_000])));
    const rounds = 60;
    for (let round = 0; round < rounds; round += 1) {
      const forth = skus.map((sku, index) => placed(`${round}-forth-${index}`, { [sku]: 1 }));
      const back = [...skus].reverse().map((sku, index) => placed(`${round}-back-${index}`, { [sku]: 1 }));
      const shuffled = skus.map((_, index) =>
        placed(`${round}-shuffled-${index}`, { [`S${(index * 5 + round) % 8}`]: 2, [`S${index}`]: 1 }),
      );
      const undone = skus.map((_, index) => cancelled(`${round - 1}-forth-${index}`));
      await Promise.all([forth, back, shuffled, undone].map((batch) => batches.take(...batch)));
    }
    // The engine does a batch that met a deadlock again; so each was done once.
    expect(batches.executions).toBe(4 * rounds);
    expect(await inventory.unexplained()).toEqual([]);
  });

  it('the same batch twice at the same time, as after a rebalance, happens once', async () => {
    await inventory.shelve({ A: 100 });
    const batch = Array.from({ length: 40 }, (_, order) => placed(`order-${order}`, { A: 1 }));
    const outcomes = await Promise.all([batches.take(...batch), batches.take(...batch)]);
    expect(outcomes.flat().filter((kind) => kind === 'executed')).toHaveLength(40);
    expect(await inventory.stock('A')).toEqual([60, 40]);
    expect(await inventory.events()).toHaveLength(40);
    expect(await inventory.unexplained()).toEqual([]);
  });
});

/** Until a session of this database waits for a lock. */
async function someoneWaits(inventory: InventoryDatabase): Promise<void> {
  for (;;) {
    const waiting = await inventory.rows(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (waiting.length > 0) return;
  }
}
