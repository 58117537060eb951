import { randomUUID } from 'node:crypto';
import { seedCatalogue } from '@semel/contracts';
import type { ServiceProcess } from '@semel/platform';
import type { Plan } from '../load/plan.js';
import type { Exactness, Measured } from '../report/report.js';
import { summarise } from '../report/report.js';
import type { Database, Stage } from '../stage/stage.js';
import { exactOrders } from './exactness.js';
import { type Measurement, measure } from './measure.js';

const customers = 100;

export interface OrderSubject {
  readonly name: string;
  /** Absent: Order itself. */
  readonly baseline?: string;
  /** Absent: it writes nothing. */
  readonly writes?: 'orders' | 'orders and keys';
  /** Whether its outbox is drained, if it is Order. */
  readonly relays?: true;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A service that takes POST /orders, ours or a baseline, with all that was sent to it. */
export class RunningSubject {
  private next = 0;
  private acknowledged = 0;
  readonly samples = new Map<string, Measurement[]>();

  private constructor(
    readonly subject: OrderSubject,
    readonly program: ServiceProcess,
    readonly database: Database | undefined,
    private readonly stage: Stage,
    private readonly tokens: readonly string[],
    readonly keyPrefix: string,
  ) {}

  static async start(
    stage: Stage,
    subject: OrderSubject,
    nodeOptions: readonly string[] = [],
  ): Promise<RunningSubject> {
    const { name, baseline, writes, relays, environment } = subject;
    const database = writes && (await stage.database(`bench_${name.replace(/\W+/g, '_')}`, 'order'));
    if (database) {
      if (baseline === undefined && !relays) await restRelay(database);
      // The plain service leaves its ids to the database, as TypeORM's users do.
      if (baseline !== undefined)
        await database.pool.query('ALTER TABLE orders ALTER id SET DEFAULT gen_random_uuid()');
    }
    const program = await stage.launch({
      name,
      program: baseline === undefined ? 'order' : { baseline },
      nodeOptions,
      ...(environment && { environment }),
      ...(database && { database }),
    });
    const tokens = await Promise.all(
      Array.from({ length: customers }, (_, index) => stage.authority.token(`customer-${index}`)),
    );
    return new RunningSubject(
      subject,
      program,
      database,
      stage,
      tokens,
      `${name}-${randomUUID().slice(0, 8)}`,
    );
  }

  /** New orders, each with its own key. */
  async load(
    kind: string,
    shape: Pick<Plan, 'connections' | 'seconds'> & Partial<Plan>,
  ): Promise<Measurement> {
    const measurement = await measure(this.stage, this.program, {
      ...this.plan(),
      first: this.next,
      ...shape,
    });
    const { load } = measurement;
    this.next += load.sent;
    this.acknowledged += load.keys;
    this.keep(kind, measurement);
    return measurement;
  }

  /** The same `count` orders again and again. */
  async replay(
    kind: string,
    count: number,
    shape: Pick<Plan, 'connections' | 'seconds'>,
  ): Promise<Measurement> {
    const measurement = await measure(this.stage, this.program, {
      ...this.plan(),
      first: 0,
      modulus: count,
      ...shape,
    });
    this.keep(kind, measurement);
    return measurement;
  }

  measured(kind: string): Measured {
    return summarise(
      this.subject.name,
      (this.samples.get(kind) ?? []).map(({ sample }) => sample),
    );
  }

  async exactness(): Promise<Exactness[]> {
    const { writes, name } = this.subject;
    if (!this.database) return [];
    const hasKeys = writes === 'orders and keys';
    return [await exactOrders(name, this.database, this.keyPrefix, this.acknowledged, hasKeys)];
  }

  private plan() {
    const { keyPrefix, tokens } = this;
    const skus = seedCatalogue.map(({ sku }) => sku);
    return { urls: [this.program.url], path: '/orders', tokens, skus, keyPrefix };
  }

  private keep(kind: string, measurement: Measurement): void {
    this.samples.set(kind, [...(this.samples.get(kind) ?? []), measurement]);
  }
}

/** Nobody drains the outbox: all its buckets belong to a relay that isn't there. */
async function restRelay({ pool }: Database): Promise<void> {
  await pool.query("UPDATE outbox_lease SET relay = gen_random_uuid(), expires_at = 'infinity'");
}
