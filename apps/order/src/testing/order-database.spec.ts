import {
  Engine,
  engineConnectionOptions,
  fingerprintOf,
  type GroupAnswer,
  type GroupHandler,
  type Operation,
  type Outcome,
  TypeOrmConnections,
} from '@semel/idempotency';
import { Outbox } from '@semel/outbox';
import { createTestDatabase, type TestDatabase, uniqueName } from '@semel/platform/testing';
import { createLog, Drain, renderProblem } from '@semel/service';
import { DataSource } from 'typeorm';
import { runMigrations } from '../migrations/run-migrations.js';
import { newOrderId } from '../order/order-id.js';
import { OrderWatch } from '../order-events/order-watch.js';
import type { NewOrder } from '../place-order/new-order.js';
import { PlaceOrders } from '../place-order/place-orders.js';

/** A migrated and seeded database of the spec's own, and the parts of Order around it, without HTTP or Kafka. */
export class OrderDatabase {
  readonly log = createLog({ name: 'order', level: 'silent' });
  readonly drain = new Drain();
  readonly watch: OrderWatch;
  readonly outbox: Outbox;
  readonly placeOrders: PlaceOrders;
  readonly engine: Engine;

  private constructor(
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
  ) {
    this.watch = new OrderWatch(dataSource, this.drain, this.log);
    this.outbox = new Outbox('urn:semel:order', () => {});
    this.placeOrders = new PlaceOrders(this.outbox);
    this.engine = new Engine(new TypeOrmConnections(dataSource));
  }

  static async create(): Promise<OrderDatabase> {
    const database = await createTestDatabase(
      async (url) => void (await runMigrations(url, { seed: true })),
      'order',
    );
    const extra = engineConnectionOptions();
    const dataSource = new DataSource({ type: 'postgres', url: database.url, extra });
    return new OrderDatabase(database, await dataSource.initialize());
  }

  async drop(): Promise<void> {
    await this.dataSource.destroy();
    await this.database.drop();
  }

  rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.dataSource.query(text, values);
  }

  /** Executes inputs as one group, as the HTTP door does: each with a key of its own. */
  async execute<Input>(handler: GroupHandler<Input>, inputs: readonly Input[]): Promise<Answered[]> {
    const operations = inputs.map((input): Operation<Input> => {
      const key = uniqueName('key');
      return { scope: 'caller:test', key, fingerprint: fingerprintOf([key]), input };
    });
    const outcomes = await this.engine.execute(operations, async (granted, transaction) =>
      (await handler.execute(granted, transaction)).map(stored),
    );
    return outcomes.map(answered);
  }

  /** Places an order for `alice` unless told otherwise. @returns its id */
  async place(order: Partial<NewOrder> = {}): Promise<string> {
    const id = newOrderId();
    const lines = [{ sku: 'TEA-SENCHA-100', quantity: 2 }];
    await this.execute(this.placeOrders, [{ id, customerId: 'alice', lines, ...order }]);
    return order.id ?? id;
  }

  /** Takes an order to a status as its consumer would have. */
  async move(id: string, status: 'confirmed' | 'rejected'): Promise<void> {
    const rejection = status === 'rejected' ? ['insufficient-stock', 'TEA-SENCHA-100'] : [null, null];
    await this.rows(
      'UPDATE orders SET status = $2, version = version + 1, rejection_code = $3, rejection_sku = $4 WHERE id = $1',
      [id, status, ...rejection],
    );
  }

  async status(id: string): Promise<string | undefined> {
    const [row] = await this.rows<{ status: string }>('SELECT status FROM orders WHERE id = $1', [id]);
    return row?.status;
  }

  /** Until a session of this database waits for a lock. */
  async untilSomebodyWaits(): Promise<void> {
    for (;;) {
      const waiting = await this.rows(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      if (waiting.length > 0) return;
    }
  }

  /** What the outbox holds, in the order in which it was appended. */
  async events(): Promise<{ key: string; type: string; data: unknown; headers: Record<string, string> }[]> {
    const rows = await this.rows<{ key: string; headers: Record<string, string>; payload: Buffer }>(
      'SELECT key, headers, payload FROM outbox ORDER BY id',
    );
    return rows.map(({ key, headers, payload }) => ({
      key,
      type: String(headers.ce_type),
      data: JSON.parse(payload.toString()),
      headers,
    }));
  }
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

function stored(result: GroupAnswer | Error) {
  if (result instanceof Error) return renderProblem(result, { url: '/' });
  const { status, headers = {}, body } = result;
  return { status, headers, body: Buffer.from(JSON.stringify(body)) };
}

function answered(outcome: Outcome): Answered {
  if (outcome.kind !== 'executed') throw new Error(`The operation was ${outcome.kind}.`, { cause: outcome });
  const { status, headers = {}, body } = outcome.answer;
  return { status, headers, body: JSON.parse(String(body)) };
}
