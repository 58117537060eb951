import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The orders that nobody has answered yet, oldest first. */
export class IndexPlacedOrders1764000000101 implements MigrationInterface {
  readonly name = 'IndexPlacedOrders1764000000101';

  async up(runner: QueryRunner): Promise<void> {
    // Holds what waits for Inventory and nothing else: a few rows, whatever the table has grown to.
    await runner.query(`CREATE INDEX orders_unanswered ON orders (placed_at) WHERE status = 'placed'`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: write a new one.');
  }
}
