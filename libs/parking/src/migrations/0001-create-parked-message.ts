import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Messages whose key is parked whole. A key is parked while it has a row; its rows are in the order of their ids. */
export class CreateParkedMessage1764000000301 implements MigrationInterface {
  readonly name = 'CreateParkedMessage1764000000301';

  async up(runner: QueryRunner): Promise<void> {
    // Partition and offset are where the message first lay: a replay is a new record, and the same message.
    await runner.query(`
      CREATE TABLE parked_message (
        id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        consumer     text COLLATE "C" NOT NULL,
        topic        text COLLATE "C" NOT NULL,
        key          text COLLATE "C" NOT NULL,
        at_partition integer NOT NULL,
        at_offset    bigint NOT NULL,
        reason       text NOT NULL,
        parked_at    timestamptz NOT NULL DEFAULT statement_timestamp(),
        UNIQUE (consumer, topic, key, at_partition, at_offset)
      )`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: without its rows, parked keys would go on out of order.');
  }
}
