import { setTimeout as delay } from 'node:timers/promises';
import { RunningOrder } from './testing/running-order.spec.js';
import { StallingLink } from './testing/stalling-link.spec.js';

// The servers of this spec come by testBrokers(), which the file that starts Order calls.

describe('Order, when its database does not answer', () => {
  let link: StallingLink;
  let order: RunningOrder;
  beforeAll(async () => {
    order = await RunningOrder.start(async (url) => {
      link = await StallingLink.to(url);
      return link.url;
    });
  }, 120_000);
  afterAll(async () => {
    await order.stop();
    await link.close();
  }, 60_000);

  const health = async (path: string) => (await order.call(`/health/${path}`, { as: '' })).status;

  it('is unready and alive, refuses what it can’t protect, and takes the same key once the database answers again', async () => {
    const place = () =>
      order.post('/orders', 'while it is slow', { lines: [{ sku: 'TEA-SENCHA-100', quantity: 1 }] });
    expect(await health('ready')).toBe(200);
    link.stall();
    const placing = place();
    expect([await health('ready'), await health('live')]).toEqual([503, 200]);
    const refused = await placing;
    expect([refused.status, refused.json.code]).toEqual([503, 'idempotency-unavailable']);
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    link.flow();
    while ((await health('ready')) !== 200) await delay(50);
    const taken = await place();
    expect(taken.status).toBe(201);
    expect((await place()).headers.get('idempotency-replayed')).toBe('true');
    expect(await order.rows('SELECT id FROM orders')).toEqual([{ id: taken.json.id }]);
  }, 60_000);
});
