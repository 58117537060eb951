import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which events were sent again on request, and who gave up an event that was set aside. */
export class RememberReplays1764000000011 implements MigrationInterface {
  readonly name = 'RememberReplays1764000000011';

  async up(runner: QueryRunner): Promise<void> {
    // Without defaults: a change of the catalogue alone, whatever the size of the table.
    await runner.query('ALTER TABLE outbox ADD COLUMN replay_of bigint, ADD COLUMN discarded_by text');
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: write a new one.');
  }
}
