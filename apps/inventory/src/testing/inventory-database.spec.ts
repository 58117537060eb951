import { randomUUID } from 'node:crypto';
import { engineConnectionOptions } from '@semel/idempotency';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { runMigrations } from '../migrations/run-migrations.js';
import { StockEntity } from '../stock-ledger/stock.entity.js';
import { StockMovementEntity } from '../stock-ledger/stock-movement.entity.js';

/** A migrated database of the spec's own, with what a spec looks at. */
export class InventoryDatabase {
  private constructor(
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
  ) {}

  static async create(): Promise<InventoryDatabase> {
    const database = await createTestDatabase(async (url) => void (await runMigrations(url)), 'inventory');
    const dataSource = new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [StockEntity, StockMovementEntity],
      installExtensions: false,
      extra: engineConnectionOptions(),
    });
    return new InventoryDatabase(database, await dataSource.initialize());
  }

  async drop(): Promise<void> {
    await this.dataSource.destroy();
    await this.database.drop();
  }

  rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.dataSource.query(text, values);
  }

  /** Stock with the movements that explain it. */
  async shelve(stock: Readonly<Record<string, number>>): Promise<void> {
    await this.dataSource.query(
      `WITH fresh AS (
         INSERT INTO stock (sku, available, reserved)
         SELECT sku, available, 0 FROM unnest($1::text[], $2::bigint[]) AS given (sku, available)
         RETURNING sku, available)
       INSERT INTO stock_movement (sku, kind, delta_available, delta_reserved)
       SELECT sku, 'set', available, 0 FROM fresh`,
      [Object.keys(stock), Object.values(stock)],
    );
  }

  /** A SKU of the test's own. */
  async shelf(available: number): Promise<string> {
    const sku = `SKU-${randomUUID()}`;
    await this.shelve({ [sku]: available });
    return sku;
  }

  /** The movements of a SKU in their order. */
  movementsOf(sku: string): Promise<unknown[]> {
    return this.rows(
      `SELECT kind, delta_available::int AS available, reason, actor FROM stock_movement WHERE sku = $1 ORDER BY id`,
      [sku],
    );
  }

  /** `[available, reserved]` */
  async stock(sku: string): Promise<[number, number] | undefined> {
    const [row] = await this.rows<{ available: string; reserved: string }>(
      'SELECT available, reserved FROM stock WHERE sku = $1',
      [sku],
    );
    return row && [Number(row.available), Number(row.reserved)];
  }

  async reservation(orderId: string): Promise<{ status: string; lines: string } | undefined> {
    const [row] = await this.rows<{ status: string; lines: string }>(
      `SELECT status, (SELECT coalesce(string_agg(quantity || ' ' || sku, ', ' ORDER BY position), '')
                       FROM reservation_line WHERE order_id = $1) AS lines
       FROM reservation WHERE order_id = $1`,
      [orderId],
    );
    return row;
  }

  /** What the outbox holds, in the order in which it was appended: `type`, `key`, the value and the traceparent. */
  async events(): Promise<{ key: string; type: string; data: unknown; traceparent: string | undefined }[]> {
    const rows = await this.rows<{ key: string; headers: Record<string, string>; payload: Buffer }>(
      `SELECT key, headers, payload FROM outbox ORDER BY id`,
    );
    return rows.map(({ key, headers, payload }) => ({
      key,
      type: String(headers.ce_type),
      data: JSON.parse(payload.toString()),
      traceparent: headers.traceparent,
    }));
  }

  /** Whatever doesn't add up: stock against its movements, and against the lines that are held. */
  async unexplained(): Promise<unknown[]> {
    return this.rows(`
      SELECT sku, stock.available, stock.reserved, moved.available AS moved_available,
             moved.reserved AS moved_reserved, held.quantity AS held
      FROM stock
      FULL JOIN (SELECT sku, sum(delta_available) AS available, sum(delta_reserved) AS reserved
                 FROM stock_movement GROUP BY sku) AS moved USING (sku)
      LEFT JOIN (SELECT sku, sum(quantity) AS quantity FROM reservation_line
                 JOIN reservation USING (order_id) WHERE status = 'reserved' GROUP BY sku) AS held USING (sku)
      WHERE stock.available IS DISTINCT FROM moved.available
         OR stock.reserved IS DISTINCT FROM moved.reserved
         OR stock.reserved IS DISTINCT FROM coalesce(held.quantity, 0)`);
  }
}
