import { createLog, metricsRegistry } from '@semel/service';
import { OrderDatabase } from '../testing/order-database.spec.js';
import { findOldestPlaced } from './sql/find-oldest-placed.js';
import { UnansweredOrders } from './unanswered-orders.js';

describe('orders that nobody answers', () => {
  let shop: OrderDatabase;
  let lines: { level: string; msg: string; orderId?: string; seconds?: number }[];
  let unanswered: UnansweredOrders;
  beforeEach(async () => {
    shop = await OrderDatabase.create();
    lines = [];
    const log = createLog(
      { name: 'order', level: 'info' },
      { write: (line) => lines.push(JSON.parse(line)) },
    );
    unanswered = new UnansweredOrders(shop.dataSource, log, { warnAfter: 300, every: 60_000 });
    unanswered.onApplicationBootstrap();
  });
  afterEach(async () => {
    await unanswered.onApplicationShutdown();
    await shop.drop();
  });

  const age = async () => {
    const shown = await metricsRegistry.getSingleMetricAsString('semel_oldest_placed_order_age_seconds');
    return Number(/^semel_oldest_placed_order_age_seconds (.+)$/m.exec(shown)?.[1]);
  };
  const placedBefore = async (seconds: number) => {
    const id = await shop.place();
    await shop.rows(`UPDATE orders SET placed_at = placed_at - $2 * interval '1 second' WHERE id = $1`, [
      id,
      seconds,
    ]);
    return id;
  };

  it('shows the age of the oldest, and nothing of those that were answered', async () => {
    expect(await age()).toBe(0);
    const oldest = await placedBefore(3_600);
    await placedBefore(60);
    expect(await age()).toBeGreaterThanOrEqual(3_600);
    expect(await age()).toBeLessThan(3_660);
    await shop.move(oldest, 'confirmed');
    expect(await age()).toBeLessThan(3_600);
    expect(await age()).toBeGreaterThanOrEqual(60);
  });

  it('warns once a look while the oldest waits too long, and tells when that is over', async () => {
    await placedBefore(299);
    await unanswered.look();
    expect(lines).toEqual([]);
    const id = await placedBefore(3_600);
    await unanswered.look();
    await unanswered.look();
    expect(lines).toMatchObject([
      { level: 'warn', orderId: id, seconds: 3_600 },
      { level: 'warn', orderId: id },
    ]);
    await shop.move(id, 'rejected');
    await unanswered.look();
    await unanswered.look();
    expect(lines.slice(2)).toMatchObject([{ level: 'info' }]);
  });

  it('says that it can’t tell while the database is away, and goes on', async () => {
    await shop.rows('ALTER TABLE orders RENAME TO gone');
    await unanswered.look();
    expect(lines).toMatchObject([{ level: 'warn', err: { message: expect.stringContaining('orders') } }]);
    expect(await age()).toBeNaN();
    await shop.rows('ALTER TABLE gone RENAME TO orders');
    expect(await age()).toBe(0);
  });

  it('finds the oldest by its index among a hundred thousand that were answered', async () => {
    await shop.rows(
      `INSERT INTO orders (id, customer_id, status, version, total, currency, placed_at, updated_at)
       SELECT gen_random_uuid(), 'alice', 'confirmed', 2, 1, 'EUR', statement_timestamp(), statement_timestamp()
       FROM generate_series(1, 100000)`,
    );
    await placedBefore(1);
    await shop.rows('ANALYZE orders');
    const plan = await shop.rows<{ 'QUERY PLAN': string }>(`EXPLAIN ${findOldestPlaced().text}`);
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('orders_unanswered');
  });
});
