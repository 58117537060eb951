import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What there is of each SKU, and every movement that made it so. */
export class CreateStock1764000000201 implements MigrationInterface {
  readonly name = 'CreateStock1764000000201';

  async up(runner: QueryRunner): Promise<void> {
    // Rows are updated all the time: room on each page keeps an update from touching the index.
    await runner.query(`
      CREATE TABLE stock (
        sku text COLLATE "C" PRIMARY KEY,
        available bigint NOT NULL CHECK (available >= 0),
        reserved bigint NOT NULL CHECK (reserved >= 0),
        updated_at timestamptz NOT NULL DEFAULT statement_timestamp()
      ) WITH (fillfactor = 50)`);
    // The sum of a SKU's movements is its row in stock. Written under that row's lock, so it needs no foreign key.
    // reason is JSON because operators may write what text refuses (U+0000), and json keeps what jsonb refuses.
    await runner.query(`
      CREATE TABLE stock_movement (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        sku text COLLATE "C" NOT NULL,
        kind text NOT NULL CHECK (kind IN ('set', 'adjustment', 'reservation', 'release')),
        delta_available bigint NOT NULL,
        delta_reserved bigint NOT NULL,
        reason json,
        order_id text COLLATE "C",
        actor text,
        at timestamptz NOT NULL DEFAULT statement_timestamp(),
        CHECK ((kind IN ('reservation', 'release')) = (order_id IS NOT NULL)),
        CHECK (CASE WHEN order_id IS NULL THEN delta_reserved = 0 ELSE delta_available = -delta_reserved END)
      )`);
    await runner.query('CREATE INDEX stock_movement_sku ON stock_movement (sku, id)');
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: write a new one.');
  }
}
