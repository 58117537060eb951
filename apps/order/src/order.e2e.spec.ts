import { randomUUID } from 'node:crypto';
import { PurchaseCancelled } from '@semel/contracts';
import { newOrderId } from './order/order-id.js';
import { eventData, type Reply, RunningOrder } from './testing/running-order.spec.js';

// The servers of this spec come by testBrokers(), which the file that starts Order calls.

const lines = [{ sku: 'TEA-SENCHA-100', quantity: 2 }];
const tea = { lines };

describe('An order after it was placed', () => {
  let order: RunningOrder;
  beforeAll(async () => {
    order = await RunningOrder.start();
  }, 120_000);
  afterAll(() => order.stop(), 60_000);

  const key = () => randomUUID();
  const placed = async (more = {}): Promise<string> =>
    (await order.post('/orders', key(), tea, more)).json.id;
  const problem = (reply: Reply) => [reply.status, reply.json?.code];

  describe('POST /orders/{id}/cancel', () => {
    it('cancels once, however often it is asked, with one key or several', async () => {
      const id = await placed();
      const used = key();
      const first = await order.post(`/orders/${id}/cancel`, used);
      expect([first.status, first.json.status, first.headers.get('etag')]).toEqual([200, 'cancelled', '"2"']);
      expect((await order.post(`/orders/${id}/cancel`, used)).text).toBe(first.text);
      const other = await order.post(`/orders/${id}/cancel`, key(), {});
      expect([other.status, other.text, other.headers.get('idempotency-replayed')]).toEqual([
        200,
        first.text,
        null,
      ]);
      // A later event of the same key comes behind whatever a second cancellation would have sent.
      const [, event] = await order.reader.until('purchases', id, 2);
      expect(event!.headers.ce_type).toBe('semel.purchase.cancelled.v1');
      PurchaseCancelled.parse(JSON.parse(event!.value!));
      expect(await order.rows('SELECT FROM outbox WHERE key = $1', [id])).toHaveLength(2);
    });

    it('keeps 404 and 409 as answers of the operation', async () => {
      const rejected = await placed();
      await order.reserve('rejected', rejected, { code: 'insufficient-stock', sku: 'TEA-SENCHA-100' });
      await order.followUntil(rejected, 'rejected');
      const bobs = await placed({ as: 'bob' });
      for (const [id, expected] of [
        [rejected, [409, 'order-not-cancellable']],
        [bobs, [404, 'not-found']],
        ['no-uuid', [404, 'not-found']],
      ] as const) {
        const used = key();
        const first = await order.post(`/orders/${id}/cancel`, used);
        const again = await order.post(`/orders/${id}/cancel`, used);
        expect(problem(first)).toEqual(expected);
        expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
      }
    });

    it('lets an operator read everybody’s orders but cancel nobody’s', async () => {
      const id = await placed();
      const reply = await order.post(`/orders/${id}/cancel`, key(), undefined, {
        as: 'olga',
        role: 'operator',
      });
      expect(problem(reply)).toEqual([404, 'not-found']);
    });

    it('refuses a body with members and one that is no JSON, and leaves the key free', async () => {
      const id = await placed();
      const used = key();
      expect(problem(await order.post(`/orders/${id}/cancel`, used, { reason: 'x' }))).toEqual([
        422,
        'invalid-request',
      ]);
      expect((await order.post(`/orders/${id}/cancel`, used, '{')).status).toBe(400);
      expect((await order.post(`/orders/${id}/cancel`, used)).status).toBe(200);
    });
  });

  describe('reservations', () => {
    it('confirm an order, and its stream tells so', async () => {
      const id = await placed();
      const following = order.followUntil(id, 'confirmed');
      await order.reserve('reserved', id, { lines });
      expect(await following).toEqual(['placed', 'confirmed']);
      expect((await order.call(`/orders/${id}`)).json.status).toBe('confirmed');
      const entry = order.lines.find((line) => line.msg === 'reservation applied' && line.orderId === id);
      expect(entry).toMatchObject({ key: id, type: 'semel.stock.reserved.v1' });
    });

    it('reject an order, and it tells why', async () => {
      const id = await placed();
      const rejection = { code: 'insufficient-stock', sku: 'TEA-SENCHA-100' };
      await order.reserve('rejected', id, rejection);
      await order.followUntil(id, 'rejected');
      expect((await order.call(`/orders/${id}`)).json).toMatchObject({ status: 'rejected', rejection });
    });

    it('come too late for a cancelled order', async () => {
      const id = await placed();
      const after = await placed();
      await order.post(`/orders/${id}/cancel`, key());
      await order.reserve('reserved', id, { lines });
      await order.reserve('released', id, { lines });
      await order.untilConsumed(id, 2);
      expect((await order.call(`/orders/${id}`)).json.status).toBe('cancelled');
      await order.reserve('reserved', after, { lines });
      await order.followUntil(after, 'confirmed');
    });

    it('of an order that was never taken are parked as they came', async () => {
      const id = newOrderId();
      await order.reserve('reserved', id, { lines });
      const [parked] = await order.reader.until('reservations.dlq', id, 1);
      expect(JSON.parse(parked!.value!)).toEqual({ orderId: id, lines });
      expect(parked!.headers).toMatchObject({
        ce_type: 'semel.stock.reserved.v1',
        'semel-reason': 'unknown-order',
        'semel-topic': 'reservations',
        'semel-partition': expect.stringMatching(/^\d+$/),
        'semel-offset': expect.stringMatching(/^\d+$/),
        'semel-error': expect.stringContaining(id),
      });
    });

    it('with another payload under a known identity are parked', async () => {
      const id = await placed();
      await order.reserve('reserved', id, { lines });
      await order.followUntil(id, 'confirmed');
      await order.reserve('reserved', id, { lines: [{ sku: 'TEA-SENCHA-100', quantity: 3 }] });
      const [parked] = await order.reader.until('reservations.dlq', id, 1);
      expect(parked!.headers['semel-reason']).toBe('idempotency-key-reused');
    });
  });

  describe('GET /orders/{id}/events', () => {
    it('begins with the present status, and after a reconnection with what was missed', async () => {
      const id = await placed();
      await order.post(`/orders/${id}/cancel`, key());
      expect(await order.followUntil(id, 'cancelled')).toEqual(['cancelled']);
      const again = await order.followUntil(id, 'cancelled', { headers: { 'last-event-id': '1' } });
      expect(again).toEqual(['cancelled']);
      const madeUp = await order.followUntil(id, 'cancelled', { headers: { 'last-event-id': '99' } });
      expect(madeUp).toEqual(['cancelled']);
    });

    it('is told to those alone who may read the order', async () => {
      const id = await placed();
      expect(problem(await order.call(`/orders/${id}/events`, { as: 'bob' }))).toEqual([404, 'not-found']);
      expect(problem(await order.call(`/orders/${id}/events`, { as: '' }))).toEqual([401, 'unauthorized']);
    });
  });

  describe('around it', () => {
    it('is ready, measured and documented', async () => {
      expect((await order.call('/health/live', { as: '' })).status).toBe(200);
      expect((await order.call('/health/ready', { as: '' })).json.details).toMatchObject({
        postgres: { status: 'up' },
        'kafka-consumer': { status: 'up' },
        'outbox-relay': { status: 'up' },
      });
      const { text } = await order.call('/metrics', { as: '' });
      for (const name of [
        'semel_idempotency_operations_total{outcome="executed"}',
        'semel_orders_total{status="placed"}',
        'semel_consumer_messages_total{topic="reservations",verdict="done"}',
        'semel_outbox_published_total',
        'semel_database_pool_limit_connections',
        'semel_outbox_events{state="pending"}',
      ]) {
        expect(text).toContain(name);
      }
      const { json } = await order.call('/openapi.json', { as: '' });
      expect(json.openapi).toBe('3.1.0');
      expect(Object.keys(json.paths).sort()).toEqual([
        '/health/live',
        '/health/ready',
        '/idempotency-keys/{key}',
        '/metrics',
        '/orders',
        '/orders/{id}',
        '/orders/{id}/cancel',
        '/orders/{id}/events',
        '/parked-messages',
        '/parked-messages/discard',
        '/parked-messages/replay',
        '/parked-messages/{id}',
        '/parked-messages/{id}/discard',
        '/parked-messages/{id}/replay',
        '/products',
      ]);
      for (const path of ['/orders', '/orders/{id}/cancel']) {
        const { parameters } = json.paths[path].post;
        expect(parameters).toContainEqual(
          expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
        );
      }
    });

    it('logs a request and each of its retries under the order, the key and the trace', async () => {
      const used = key();
      const { json } = await order.post('/orders', used, tea);
      await order.post('/orders', used, tea);
      await order.call('/health/live');
      const lines = order.lines.filter((line) => line.msg === 'request' && line.key === used);
      expect(lines).toHaveLength(2);
      for (const line of lines) {
        expect(line).toMatchObject({ orderId: json.id, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
      }
    });
  });

  it('ends its streams and stops when it is told to', async () => {
    const id = await placed();
    const response = await order.open(`/orders/${id}/events`);
    const events = eventData(response);
    expect((await events.next()).value?.status).toBe('placed');
    const stopping = order.service.stop();
    expect((await events.next()).done).toBe(true);
    await stopping;
    await expect(order.open('/health/live')).rejects.toThrow();
  });
});
