import { decodeReservation, type EncodedMessage } from '@semel/contracts';
import {
  Engine,
  engineConnectionOptions,
  fingerprintOf,
  type GroupAnswer,
  type Operation,
  type Outcome,
  TypeOrmConnections,
} from '@semel/idempotency';
import {
  ApplyReservations,
  CancelOrders,
  OrderWatch,
  PlaceOrders,
  type ReceivedReservation,
  runMigrations,
} from '@semel/order/handlers';
import { Outbox } from '@semel/outbox';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { createLog, Drain, renderProblem } from '@semel/service';
import { DataSource } from 'typeorm';
import { inGroups } from './in-groups.js';
import type { OrderState } from './order-side.js';
import { OutboxReader } from './outbox-reader.js';

export interface WantedLine {
  readonly sku: string;
  readonly quantity: number;
}

type Tell = (said: readonly string[]) => void;

/** Order's handlers on a database of their own, entered where the routes and the consumer enter them. */
export class DrivenOrder {
  readonly sent: OutboxReader;
  private readonly engine: Engine;
  private readonly placeOrders: PlaceOrders;
  private readonly cancelOrders: CancelOrders;
  private readonly applyReservations: ApplyReservations;
  private cancellations = 0;

  private constructor(
    private readonly database: TestDatabase,
    readonly dataSource: DataSource,
  ) {
    const log = createLog({ name: 'order', level: 'silent' });
    const watch = new OrderWatch(dataSource, new Drain(), log);
    const outbox = new Outbox('urn:semel:order', () => {});
    this.engine = new Engine(new TypeOrmConnections(dataSource));
    this.placeOrders = new PlaceOrders(outbox);
    this.cancelOrders = new CancelOrders(outbox, watch);
    this.applyReservations = new ApplyReservations(watch, log);
    this.sent = new OutboxReader(dataSource);
  }

  static async create(): Promise<DrivenOrder> {
    const migrate = async (url: string) => void (await runMigrations(url));
    const database = await createTestDatabase(migrate, 'saga-order');
    const extra = engineConnectionOptions();
    const dataSource = new DataSource({ type: 'postgres', url: database.url, extra });
    return new DrivenOrder(database, await dataSource.initialize());
  }

  async drop(): Promise<void> {
    await this.dataSource.destroy();
    await this.database.drop();
  }

  async sell(skus: readonly string[]): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO product (sku, name, unit_price, currency) SELECT sku, sku, 100, 'EUR' FROM unnest($1::text[]) AS sold (sku)`,
      [skus],
    );
  }

  /** Places each order as often as it is asked to, always with the same key: its client tries again. */
  async place(
    asked: readonly { id: string; lines: readonly WantedLine[]; times: number; tell: Tell }[],
  ): Promise<void> {
    const batches = asked.map(({ id, lines, times, tell }) => ({
      operations: Array.from({ length: times }, () =>
        command(`place-${id}`, { id, customerId: 'alice', lines }),
      ),
      tell: (outcomes: readonly Outcome[]) => tell(outcomes.map(statusOf)),
    }));
    await inGroups(this.engine, batches, async (granted, transaction) =>
      (await this.placeOrders.execute(granted, transaction)).map(stored),
    );
  }

  /** Cancels, each time with another key. */
  async cancel(asked: readonly { id: string; times: number; tell: Tell }[]): Promise<void> {
    const batches = asked.map(({ id, times, tell }) => ({
      operations: Array.from({ length: times }, () => {
        this.cancellations += 1;
        return command(`cancel-${this.cancellations}`, { orderId: id, customerId: 'alice' });
      }),
      tell: (outcomes: readonly Outcome[]) => tell(outcomes.map(statusOf)),
    }));
    await inGroups(this.engine, batches, async (granted, transaction) =>
      (await this.cancelOrders.execute(granted, transaction)).map(stored),
    );
  }

  /** Takes messages as the consumer does, by their identity. */
  async consume(asked: readonly { messages: readonly EncodedMessage[]; tell: Tell }[]): Promise<void> {
    const batches = asked.map(({ messages, tell }) => ({
      operations: messages.map(received),
      tell: (outcomes: readonly Outcome[]) => tell(outcomes.map(parkingOf)),
    }));
    await inGroups(this.engine, batches, async (granted, transaction) =>
      (await this.applyReservations.execute(granted, transaction)).map((result) =>
        result instanceof Error ? result : { status: result.status },
      ),
    );
  }

  async forgetMessages(): Promise<void> {
    await this.dataSource.query(`DELETE FROM idempotency_key WHERE scope LIKE 'consumer:%'`);
  }

  /** Status and version of every order. */
  async states(): Promise<ReadonlyMap<string, { state: OrderState; version: number }>> {
    const rows = await this.dataSource.query<{ id: string; status: OrderState; version: number }[]>(
      'SELECT id, status, version FROM orders',
    );
    return new Map(rows.map(({ id, status, version }) => [id, { state: status, version }]));
  }
}

function command<Input>(key: string, input: Input): Operation<Input> {
  return { scope: 'caller:alice', key, fingerprint: fingerprintOf([key]), input };
}

function received({ key, type, value }: EncodedMessage): Operation<ReceivedReservation> {
  const decoded = decodeReservation({ key, type, value });
  if ('park' in decoded) throw new Error(`${type} of ${key} can't be read: ${decoded.error}`);
  const raw = Buffer.from(JSON.stringify(value));
  const input = { key, type, value: decoded.value, raw } as ReceivedReservation;
  return {
    scope: `consumer:order.reservations/${type}`,
    key,
    fingerprint: fingerprintOf([raw.toString()]),
    exclusion: `consumer:order.reservations:${key}`,
    input,
  };
}

function stored(result: GroupAnswer | Error) {
  if (result instanceof Error) return renderProblem(result, { url: '/' });
  const { status, headers = {}, body } = result;
  return { status, headers, body: Buffer.from(JSON.stringify(body)) };
}

function statusOf(outcome: Outcome): string {
  if (outcome.kind === 'executed' || outcome.kind === 'replayed') return String(outcome.answer.status);
  throw new Error(`A command was ${outcome.kind}.`, { cause: outcome });
}

function parkingOf(outcome: Outcome): string {
  if (outcome.kind === 'executed' || outcome.kind === 'replayed') return 'applied';
  if (outcome.kind === 'failed' && 'code' in outcome.error) return String(outcome.error.code);
  throw new Error(`A message was ${outcome.kind}.`, { cause: outcome });
}
