import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What became of each order. Rows are never deleted: a released one keeps a late purchase from taking stock. */
export class CreateReservation1764000000202 implements MigrationInterface {
  readonly name = 'CreateReservation1764000000202';

  async up(runner: QueryRunner): Promise<void> {
    // No customer: the order's cancellation has come, its purchase has not.
    await runner.query(`
      CREATE TABLE reservation (
        order_id text COLLATE "C" PRIMARY KEY,
        customer_id text COLLATE "C",
        status text NOT NULL CHECK (status IN ('reserved', 'rejected', 'released')),
        rejection_code text CHECK (rejection_code IN ('insufficient-stock', 'unknown-sku')),
        rejection_sku text COLLATE "C",
        created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
        updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
        CHECK ((status = 'rejected') = (rejection_code IS NOT NULL)),
        CHECK ((rejection_code IS NULL) = (rejection_sku IS NULL)),
        CHECK (customer_id IS NOT NULL OR status = 'released')
      )`);
    await runner.query(`
      CREATE TABLE reservation_line (
        order_id text COLLATE "C" NOT NULL REFERENCES reservation,
        position smallint NOT NULL CHECK (position >= 1),
        sku text COLLATE "C" NOT NULL,
        quantity integer NOT NULL CHECK (quantity >= 1),
        PRIMARY KEY (order_id, position)
      )`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: write a new one.');
  }
}
