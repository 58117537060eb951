import { decodePurchase, type EncodedMessage } from '@semel/contracts';
import {
  Engine,
  engineConnectionOptions,
  fingerprintOf,
  type Operation,
  type Outcome,
  TypeOrmConnections,
} from '@semel/idempotency';
import { type IncomingPurchase, ReservePurchases, runMigrations } from '@semel/inventory/handlers';
import { Outbox } from '@semel/outbox';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { createLog } from '@semel/service';
import { DataSource } from 'typeorm';
import { inGroups } from './in-groups.js';
import type { InventoryState } from './inventory-side.js';
import { OutboxReader } from './outbox-reader.js';

/** What Inventory keeps of an order, as its tables tell it. */
export interface Kept {
  readonly state: InventoryState;
  readonly reservations: number;
  readonly releases: number;
}

/** Inventory's handler on a database of its own, entered where the consumer enters it. */
export class DrivenInventory {
  readonly sent: OutboxReader;
  private readonly engine: Engine;
  private readonly reservePurchases = new ReservePurchases(
    new Outbox('urn:semel:inventory', () => {}),
    createLog({ name: 'inventory', level: 'silent' }),
  );

  private constructor(
    private readonly database: TestDatabase,
    readonly dataSource: DataSource,
  ) {
    this.engine = new Engine(new TypeOrmConnections(dataSource));
    this.sent = new OutboxReader(dataSource);
  }

  static async create(): Promise<DrivenInventory> {
    const migrate = async (url: string) => void (await runMigrations(url));
    const database = await createTestDatabase(migrate, 'saga-inventory');
    const extra = engineConnectionOptions();
    const dataSource = new DataSource({ type: 'postgres', url: database.url, extra });
    return new DrivenInventory(database, await dataSource.initialize());
  }

  async drop(): Promise<void> {
    await this.dataSource.destroy();
    await this.database.drop();
  }

  async shelve(stock: readonly { readonly sku: string; readonly available: number }[]): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO stock (sku, available, reserved)
       SELECT sku, available, 0 FROM unnest($1::text[], $2::bigint[]) AS given (sku, available)`,
      [stock.map(({ sku }) => sku), stock.map(({ available }) => available)],
    );
  }

  /** Takes messages as the consumer does, by their identity. */
  async consume(asked: readonly { readonly messages: readonly EncodedMessage[] }[]): Promise<void> {
    const batches = asked.map(({ messages }) => ({
      operations: messages.map(received),
      tell: (outcomes: readonly Outcome[]) => {
        for (const outcome of outcomes) mustBeTaken(outcome);
      },
    }));
    await inGroups(this.engine, batches, async (granted, transaction) => {
      const inputs = granted.map(({ input }) => input);
      return (await this.reservePurchases.execute(inputs, transaction)).map(() => ({ status: 200 }));
    });
  }

  async forgetMessages(): Promise<void> {
    await this.dataSource.query(`DELETE FROM idempotency_key WHERE scope LIKE 'consumer:%'`);
  }

  async kept(): Promise<ReadonlyMap<string, Kept>> {
    const rows = await this.dataSource.query<
      {
        order_id: string;
        status: string;
        customer: boolean;
        lines: number;
        reservations: number;
        releases: number;
      }[]
    >(`
      SELECT order_id, status, customer_id IS NOT NULL AS customer,
             (SELECT count(*)::int FROM reservation_line AS l WHERE l.order_id = r.order_id) AS lines,
             coalesce(reservations, 0)::int AS reservations, coalesce(releases, 0)::int AS releases
      FROM reservation AS r
      LEFT JOIN (
        SELECT order_id, count(*) FILTER (WHERE kind = 'reservation') AS reservations,
               count(*) FILTER (WHERE kind = 'release') AS releases
        FROM stock_movement GROUP BY order_id) AS moved USING (order_id)`);
    return new Map(
      rows.map(({ order_id, status, customer, lines, reservations, releases }) => [
        order_id,
        { state: stateOf(status, customer, lines), reservations, releases },
      ]),
    );
  }

  /** `[available, reserved]` of every SKU. */
  async stock(): Promise<ReadonlyMap<string, readonly [number, number]>> {
    const rows = await this.dataSource.query<{ sku: string; available: string; reserved: string }[]>(
      'SELECT sku, available, reserved FROM stock',
    );
    return new Map(rows.map(({ sku, available, reserved }) => [sku, [Number(available), Number(reserved)]]));
  }
}

function stateOf(status: string, customer: boolean, lines: number): InventoryState {
  if (status === 'reserved' || status === 'rejected') return status;
  if (lines > 0) return 'released';
  return customer ? 'stillborn' : 'tombstone';
}

function received({ key, type, value }: EncodedMessage): Operation<IncomingPurchase> {
  const decoded = decodePurchase({ key, type, value });
  if ('park' in decoded) throw new Error(`${type} of ${key} can't be read: ${decoded.error}`);
  return {
    scope: `consumer:inventory.purchases/${type}`,
    key,
    fingerprint: fingerprintOf([JSON.stringify(value)]),
    exclusion: `consumer:inventory.purchases:${key}`,
    input: { key, type, value: decoded.value } as IncomingPurchase,
  };
}

function mustBeTaken(outcome: Outcome): void {
  if (outcome.kind !== 'executed' && outcome.kind !== 'replayed') {
    throw new Error(`A message was ${outcome.kind}.`, { cause: outcome });
  }
}
