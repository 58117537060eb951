import { createTestDatabase, type TestDatabase, testBrokers } from '@semel/platform/testing';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { OutgoingEvent } from '../event.js';
import { outboxMigrations } from '../migrations/index.js';
import { type OutboxOptions, type RelayOptions, settingsOf } from '../options.js';
import { Outbox } from '../outbox.js';
import { OutboxRelay } from '../relay/outbox-relay.js';
import { OpenTransaction } from './transaction.spec.js';

export const source = 'urn:semel:test';

/** Short leases, so that a take-over is a matter of a second. */
const quick: RelayOptions = { pollInterval: 50, sendDeadline: 2_000, lease: 3_000 };

export async function migrate(url: string): Promise<void> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    migrations: outboxMigrations,
    installExtensions: false,
  });
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
}

/** A migrated database of the spec's own, and the relays that work on it. */
export class TestOutbox {
  readonly #relays = new Set<OutboxRelay>();
  readonly #outbox = new Outbox(source, () => {
    for (const relay of this.#relays) relay.wake();
  });

  private constructor(
    readonly database: TestDatabase,
    readonly pool: pg.Pool,
  ) {}

  static async create(): Promise<TestOutbox> {
    const database = await createTestDatabase(migrate, 'outbox');
    return new TestOutbox(database, new pg.Pool({ connectionString: database.url, max: 16 }));
  }

  get url(): string {
    return this.database.url;
  }

  begin(): Promise<OpenTransaction> {
    return OpenTransaction.begin(this.pool);
  }

  /** Appends inside the transaction given. */
  appendIn(transaction: OpenTransaction, events: readonly OutgoingEvent[]): Promise<void> {
    return transaction.run(() => this.#outbox.append(events));
  }

  /** Appends without a transaction. */
  appendBare(events: readonly OutgoingEvent[]): Promise<void> {
    return this.#outbox.append(events);
  }

  /** Appends in a transaction of its own and commits. */
  async append(events: readonly OutgoingEvent[]): Promise<void> {
    const transaction = await this.begin();
    try {
      await this.appendIn(transaction, events);
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
    await transaction.commit();
  }

  relay(options: Partial<OutboxOptions> = {}): OutboxRelay {
    const settings = settingsOf({
      kafka: { brokers: testBrokers() },
      source,
      ...options,
      relay: { ...quick, ...options.relay },
    });
    const relay = new OutboxRelay(settings, { connectionString: this.url });
    this.#relays.add(relay);
    relay.start();
    return relay;
  }

  async rows<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(text, values)).rows;
  }

  async stopRelays(): Promise<void> {
    await Promise.all([...this.#relays].map((relay) => relay.stop()));
    this.#relays.clear();
  }

  async drop(): Promise<void> {
    await this.stopRelays();
    await this.pool.end();
    await this.database.drop();
  }
}

/** Resolves once `look` answers something: for what only a look from outside can tell, e.g. a row's column. */
export async function eventually<Result>(look: () => Promise<Result | undefined | false>): Promise<Result> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
