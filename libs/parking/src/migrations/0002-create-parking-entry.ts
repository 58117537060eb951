import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the parking lots hold, with what operators did about it. */
export class CreateParkingEntry1764000000302 implements MigrationInterface {
  readonly name = 'CreateParkingEntry1764000000302';

  async up(runner: QueryRunner): Promise<void> {
    // position is the order of the parking lot: the messages of a key lie in one of its partitions, which is read in order.
    // Key and value are bytes, as they were sent; parked_at is the parking lot's record, by the clock of who parked it.
    await runner.query(`
      CREATE TABLE parking_entry (
        position         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id               uuid NOT NULL UNIQUE,
        topic            text COLLATE "C" NOT NULL,
        at_partition     integer,
        at_offset        bigint,
        origin_partition integer,
        origin_offset    bigint,
        key              bytea,
        value            bytea,
        headers          json NOT NULL,
        type             text,
        reason           text COLLATE "C" NOT NULL,
        error            text NOT NULL,
        parked_at        timestamptz NOT NULL,
        attempt          integer NOT NULL CHECK (attempt >= 1),
        predecessor      uuid,
        replayable       boolean NOT NULL,
        state            text NOT NULL DEFAULT 'parked' CHECK (state IN ('parked', 'replayed', 'discarded')),
        CHECK ((attempt = 1) = (predecessor IS NULL)),
        CHECK (replayable OR state <> 'replayed')
      )`);
    await runner.query(
      "CREATE INDEX parking_entry_parked ON parking_entry (position) WHERE state = 'parked'",
    );
    await runner.query('CREATE INDEX parking_entry_key ON parking_entry (key, topic, position)');
    await runner.query(`
      CREATE TABLE parking_act (
        id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        entry uuid NOT NULL REFERENCES parking_entry (id),
        act   text NOT NULL CHECK (act IN ('replay', 'discard')),
        actor text NOT NULL,
        at    timestamptz NOT NULL DEFAULT statement_timestamp(),
        UNIQUE (entry, act)
      )`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: write a new one.');
  }
}
