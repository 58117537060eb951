import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SealAnswers1764000000002 implements MigrationInterface {
  readonly name = 'SealAnswers1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    // Nullable and without a default: existing answers lie open, and the table is not rewritten.
    await runner.query('ALTER TABLE idempotency_key ADD COLUMN response_seal text');
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: write a new one.');
  }
}
