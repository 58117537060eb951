import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The outbox, and who relays which of its buckets. Forward only: `down` refuses rather than drop unsent events. */
export class CreateOutbox1764000000010 implements MigrationInterface {
  readonly name = 'CreateOutbox1764000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox (
        id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic            text COLLATE "C" NOT NULL,
        key              text COLLATE "C" NOT NULL,
        bucket           integer NOT NULL CHECK (bucket BETWEEN 0 AND 63),
        headers          json NOT NULL,
        payload          bytea NOT NULL,
        created_at       timestamptz NOT NULL DEFAULT statement_timestamp(),
        published_at     timestamptz,
        set_aside_at     timestamptz,
        set_aside_reason text,
        set_aside_error  text
      )`);
    await runner.query(
      'CREATE INDEX outbox_pending ON outbox (bucket, id) WHERE published_at IS NULL AND set_aside_at IS NULL',
    );
    await runner.query(
      'CREATE INDEX outbox_set_aside ON outbox (topic, key) WHERE set_aside_at IS NOT NULL AND published_at IS NULL',
    );
    await runner.query(
      'CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL',
    );
    // Every row dies twice, marked and deleted: the default of a fifth of the table lets pages wade through the dead.
    await runner.query(
      'ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)',
    );
    await runner.query(`
      CREATE TABLE outbox_relay (
        id         uuid PRIMARY KEY,
        instance   text,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE outbox_lease (
        bucket     integer PRIMARY KEY,
        relay      uuid,
        expires_at timestamptz,
        CHECK ((relay IS NULL) = (expires_at IS NULL))
      )`);
    await runner.query('INSERT INTO outbox_lease (bucket) SELECT generate_series(0, 63)');
  }

  async down(): Promise<void> {
    throw new Error('The outbox has no way back: dropping it would lose events that were not published yet.');
  }
}
