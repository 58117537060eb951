import { setTimeout as delay } from 'node:timers/promises';
import { TcpLink } from '@semel/platform/testing';
import { RunningOrder } from './testing/running-order.spec.js';

// The servers of this spec come by testBrokers(), which the file that starts Order calls.

describe('Order, when its database does not answer', () => {
  let link: TcpLink;
  let order: RunningOrder;
  beforeAll(async () => {
    order = await RunningOrder.start(async (url) => {
      const through = await TcpLink.to(url);
      link = through.link;
      return through.url;
    });
  }, 120_000);
  afterAll(async () => {
    await order.stop();
    link.close();
  }, 60_000);

  const health = async (path: string) => (await order.call(`/health/${path}`, { as: '' })).status;

  it('is unready and alive, refuses what it can’t protect, and takes the same key once the database answers again', async () => {
    const place = () =>
      order.post('/orders', 'while it is slow', { lines: [{ sku: 'TEA-SENCHA-100', quantity: 1 }] });
    expect(await health('ready')).toBe(200);
    const { heal } = link.withhold();
    const placing = place();
    expect([await health('ready'), await health('live')]).toEqual([503, 200]);
    const refused = await placing;
    expect([refused.status, refused.json.code]).toEqual([503, 'idempotency-unavailable']);
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    heal('deliver');
    while ((await health('ready')) !== 200) await delay(50);
    const taken = await place();
    expect(taken.status).toBe(201);
    expect((await place()).headers.get('idempotency-replayed')).toBe('true');
    expect(await order.rows('SELECT id FROM orders')).toEqual([{ id: taken.json.id }]);
  }, 60_000);
});
