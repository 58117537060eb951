import type { Statement } from '@semel/idempotency';
import { outboxMigrations } from '@semel/outbox';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import type { KafkaMessage } from 'kafkajs';
import { DataSource, type QueryRunner } from 'typeorm';
import { parkingMigrations } from '../migrations/index.js';
import { entryOf } from '../register/entry.js';
import { ParkingRegister } from '../register/parking-register.js';
import { statementsOn } from '../register/run-statement.js';
import { addEntry } from '../sql/add-entry.js';

/** A migrated database of the spec's own with a register in it. */
export class TestRegister {
  readonly run = statementsOn(this.dataSource);
  readonly register = new ParkingRegister(this.run);
  #offset = 0;

  private constructor(
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
  ) {}

  static async create(): Promise<TestRegister> {
    const database = await createTestDatabase(migrate, 'parking');
    const dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    return new TestRegister(database, dataSource);
  }

  /** A message of `purchases` in its parking lot. @returns its id */
  async park(key: string | null, value: string | null, more: Record<string, string> = {}): Promise<string> {
    const entry = entryOf(
      'purchases',
      0,
      record(key, value, { 'semel-offset': String(this.#offset++), ...more }),
    );
    await this.run(addEntry(entry));
    return entry.id;
  }

  /** A transaction on a connection of its own. */
  async begin(): Promise<{
    query: <Row extends object>(s: Statement<Row>) => Promise<Row[]>;
    runner: QueryRunner;
  }> {
    const runner = this.dataSource.createQueryRunner();
    await runner.startTransaction();
    return { runner, query: ({ text, values = [] }) => runner.query(text, [...values]) };
  }

  /** Runs work in a transaction and commits. */
  async committed<Result>(
    work: (transaction: {
      query: <Row extends object>(s: Statement<Row>) => Promise<Row[]>;
    }) => Promise<Result>,
  ): Promise<Result> {
    const transaction = await this.begin();
    try {
      const result = await work(transaction);
      await transaction.runner.commitTransaction();
      return result;
    } finally {
      await transaction.runner.release();
    }
  }

  rows<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.dataSource.query<Row[]>(text, values);
  }

  /** What will be sent, in order: key, payload. */
  async outbox(): Promise<[string, string][]> {
    const rows = await this.rows<{ key: string; payload: Buffer }>(
      'SELECT key, payload FROM outbox ORDER BY id',
    );
    return rows.map(({ key, payload }) => [key, payload.toString()]);
  }

  async drop(): Promise<void> {
    await this.dataSource.destroy();
    await this.database.drop();
  }
}

async function migrate(url: string): Promise<void> {
  const migrations = [...outboxMigrations, ...parkingMigrations];
  const dataSource = await new DataSource({ type: 'postgres', url, migrations }).initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
}

/** A record of a parking lot as the transport writes it. */
export function record(
  key: Buffer | string | null,
  value: Buffer | string | null,
  headers: Record<string, Buffer | string | (Buffer | string)[]> = {},
): KafkaMessage {
  const bytes = (given: Buffer | string | null) => (given === null ? null : Buffer.from(given));
  return {
    key: bytes(key),
    value: bytes(value),
    timestamp: '1764000000000',
    offset: '5',
    attributes: 0,
    headers: {
      ce_type: Buffer.from('t.v1'),
      'semel-reason': Buffer.from('failed'),
      'semel-error': Buffer.from('it broke'),
      'semel-topic': Buffer.from('purchases'),
      'semel-partition': Buffer.from('3'),
      'semel-offset': Buffer.from('7'),
      ...headers,
    },
  };
}
