import { createLog, Drain } from '@semel/service';
import { OrderDatabase } from '../testing/order-database.spec.js';
import { OrderWatch, type WatchLimits } from './order-watch.js';
import type { WatchedRow } from './sql/read-statuses.js';

/** So long that nothing in a test happens because of it. */
const never = 3_600_000;

describe('watching orders', () => {
  let shop: OrderDatabase;
  let ends: (() => void)[];
  beforeEach(async () => {
    shop = await OrderDatabase.create();
    ends = [];
  });
  afterEach(async () => {
    for (const end of ends) end();
    await shop.drop();
  });

  const watchOf = (limits: Partial<WatchLimits>, lines: string[] = []) => {
    const log = createLog({ name: 'order', level: 'warn' }, { write: (line: string) => lines.push(line) });
    return new OrderWatch(shop.dataSource, shop.drain, log, { watchers: 10, pollMs: never, ...limits });
  };
  const changes = (watch: OrderWatch, id: string) => {
    const seen: WatchedRow[] = [];
    let tell = () => {};
    const changed = (order: WatchedRow) => {
      seen.push(order);
      tell();
    };
    ends.push(watch.watch({ id, version: 1 }, { changed, ended: () => {} }));
    return {
      seen,
      until: (count: number) =>
        new Promise<WatchedRow[]>((resolve) => {
          tell = () => void (seen.length >= count && resolve(seen));
          tell();
        }),
    };
  };

  it('tells of what another process has changed', async () => {
    const id = await shop.place();
    const watched = changes(watchOf({ pollMs: 5 }), id);
    await shop.move(id, 'rejected');
    expect(await watched.until(1)).toEqual([
      {
        id,
        status: 'rejected',
        version: 2,
        rejection_code: 'insufficient-stock',
        rejection_sku: 'TEA-SENCHA-100',
      },
    ]);
  });

  it('tells at once of what this process has committed, and only those who watch that order', async () => {
    const [id, other] = [await shop.place(), await shop.place()];
    const watch = watchOf({});
    const watched = [changes(watch, id), changes(watch, id)];
    const others = changes(watch, other);
    await shop.move(id, 'confirmed');
    watch.changed([id, 'ab8de8f5-0000-4000-8000-000000000000']);
    for (const { until } of watched) expect(await until(1)).toMatchObject([{ id, status: 'confirmed' }]);
    expect(others.seen).toEqual([]);
  });

  it('says nothing twice, however often an order is read', async () => {
    const [id, other] = [await shop.place(), await shop.place()];
    const watch = watchOf({});
    const [watched, others] = [changes(watch, id), changes(watch, other)];
    await shop.move(id, 'confirmed');
    watch.changed([id]);
    await watched.until(1);
    await shop.move(other, 'confirmed');
    // Both are read at once, and only one of them has news.
    watch.changed([id, other]);
    await others.until(1);
    expect(watched.seen).toHaveLength(1);
  });

  it('takes on no more watchers than it is allowed, until one leaves', async () => {
    const id = await shop.place();
    const watch = watchOf({ watchers: 2 });
    changes(watch, id);
    changes(watch, id);
    expect(() => changes(watch, id)).toThrow(expect.objectContaining({ code: 'overloaded' }));
    ends[0]!();
    ends[0]!();
    changes(watch, id);
    expect(() => changes(watch, id)).toThrow(expect.objectContaining({ code: 'overloaded' }));
  });

  it('outlives a database that fails, says so once, and tells later what it has missed', async () => {
    const id = await shop.place();
    const lines: string[] = [];
    const watch = watchOf({ pollMs: 1 }, lines);
    const watched = changes(watch, id);
    await shop.rows('ALTER TABLE orders RENAME TO elsewhere');
    while (lines.length === 0) await shop.rows('SELECT');
    await shop.rows(`UPDATE elsewhere SET status = 'confirmed', version = 2`);
    await shop.rows('ALTER TABLE elsewhere RENAME TO orders');
    expect(await watched.until(1)).toMatchObject([{ status: 'confirmed' }]);
    expect(lines).toHaveLength(1);
  });

  it('ends every watch when the process begins to stop', async () => {
    const id = await shop.place();
    const drain = new Drain();
    const watch = new OrderWatch(shop.dataSource, drain, shop.log, { watchers: 10, pollMs: never });
    const ended = new Promise<void>((resolve) => {
      ends.push(watch.watch({ id, version: 1 }, { changed: () => {}, ended: resolve }));
    });
    drain.begin();
    await ended;
  });

  it('starts again after everybody had left', async () => {
    const id = await shop.place();
    const watch = watchOf({ pollMs: 5 });
    changes(watch, id);
    ends[0]!();
    const again = changes(watch, id);
    await shop.move(id, 'confirmed');
    expect(await again.until(1)).toHaveLength(1);
  });
});
