import { until } from './client.js';
import { Cluster } from './cluster.js';
import { RunningShop, type ServiceName } from './running-shop.js';
import { type Line, Shoppers } from './shoppers.js';

export const services = ['order', 'inventory'] as const;

/** The topic that each service consumes, in a group of its own name. */
export const consumed = { order: 'reservations', inventory: 'purchases' } as const;

/** The shop with two instances of each service, and what its specs look at to judge it. */
export class TwinShop {
  private readonly crowds: Shoppers[] = [];
  private lastAhead: unknown;

  private constructor(
    readonly shop: RunningShop,
    readonly cluster: Cluster,
    private readonly token: string,
  ) {}

  static async start(): Promise<TwinShop> {
    const shop = await RunningShop.start({ instances: 2 });
    return new TwinShop(shop, await Cluster.connect(shop.brokers), await shop.token('alice'));
  }

  async stop(): Promise<void> {
    await this.cluster.close();
    await this.shop.stop();
  }

  /** Customers of both instances of Order. */
  shoppers(basket: () => readonly Line[] = () => []): Shoppers {
    const addresses = this.shop.instances.order.map(({ url }) => url);
    const crowd = new Shoppers(addresses, this.token, basket);
    this.crowds.push(crowd);
    return crowd;
  }

  async stockOf(sku: string): Promise<{ available: number; reserved: number } | undefined> {
    const sql = 'SELECT available::int, reserved::int FROM stock WHERE sku = $1';
    const [row] = await this.shop.rows<{ available: number; reserved: number }>('inventory', sql, [sku]);
    return row;
  }

  async count(service: ServiceName, from: string, values: unknown[] = []): Promise<number> {
    const sql = `SELECT count(*)::int AS n FROM ${from}`;
    const [row] = await this.shop.rows<{ n: number }>(service, sql, values);
    return row?.n ?? 0;
  }

  /** How many events of each type a service has written. */
  async kinds(service: ServiceName): Promise<Record<string, number>> {
    const sql = `SELECT headers->>'ce_type' AS type, count(*)::int AS n FROM outbox GROUP BY 1`;
    const rows = await this.shop.rows<{ type: string; n: number }>(service, sql);
    return Object.fromEntries(rows.map(({ type, n }) => [type.replace(/^semel\.|\.v1$/g, ''), n]));
  }

  /** How many messages lie in both parking lots: a constraint of a table that stops a second effect puts its message there. */
  async putAside(): Promise<number> {
    const lots = await Promise.all(
      Object.values(consumed).map((topic) => this.cluster.records(`${topic}.dlq`)),
    );
    return lots.flat().length;
  }

  /** Nothing is on its way any more. */
  async untilSettled(): Promise<void> {
    await until(
      () => this.ahead(),
      (ahead) => Object.values(ahead).every((n) => n === 0),
    );
  }

  /** What a reader of a failure looks for first. */
  async report(): Promise<unknown> {
    const [seen, statuses] = [
      this.lastAhead,
      'SELECT status, count(*)::int AS n FROM orders GROUP BY status',
    ];
    const parked = 'SELECT reason, error FROM parking_entry LIMIT 3';
    return {
      ahead: await this.ahead(),
      seen,
      'shoppers without an answer': this.crowds.flatMap(({ waiting }) => [...waiting]),
      orders: await this.shop.rows('order', statuses),
      reservations: await this.shop.rows('inventory', statuses.replace('orders', 'reservation')),
      'parked by order': await this.shop.rows('order', parked),
      'parked by inventory': await this.shop.rows('inventory', parked),
      members: [await this.cluster.members('order'), await this.cluster.members('inventory')],
      warnings: await this.shop.warnings(),
    };
  }

  /** What is on its way, looked at in the order in which an order travels, so that nothing slips by. */
  private async ahead(): Promise<Record<string, number>> {
    const ahead: Record<string, number> = {};
    for (const service of services) {
      const next = service === 'order' ? 'inventory' : 'order';
      ahead[`outbox of ${service}`] = await this.count(service, 'outbox WHERE published_at IS NULL');
      ahead[`lag of ${next}`] = await this.cluster.lag(next, consumed[next]);
    }
    this.lastAhead = ahead;
    return ahead;
  }
}
