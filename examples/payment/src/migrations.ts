import { idempotencyMigrations } from '@semel/idempotency';
import type { MigrationInterface, QueryRunner } from 'typeorm';

class CreatePayment1764100000001 implements MigrationInterface {
  readonly name = 'CreatePayment1764100000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payment (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        reference text NOT NULL, amount integer NOT NULL, charge_id text NOT NULL
      )`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: write a new one.');
  }
}

export const migrations = [...idempotencyMigrations, CreatePayment1764100000001];
