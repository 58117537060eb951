import { type ReceivedSpan, receiveTraces, type TraceReceiver } from '@semel/platform/testing';
import { sendUntilAnswered, until } from './client.js';
import { RunningShop } from './running-shop.js';

let collector: TraceReceiver;
let shop: RunningShop;

beforeAll(async () => {
  collector = await receiveTraces();
  shop = await RunningShop.start({
    settings: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
}, 120_000);

afterAll(async () => {
  await shop.stop();
  await collector.close();
}, 60_000);

it('shows one order as one trace, from the POST over both topics to confirmed', async () => {
  const token = await shop.token('alice');
  const body = { lines: [{ sku: 'TEA-SENCHA-100', quantity: 1 }] };
  const { url } = shop.services.order;
  const place = { method: 'POST', path: '/orders', token, key: 'traced', body };
  const { body: placed } = await sendUntilAnswered(url, place);
  await until(
    () => shop.rows<{ status: string }>('order', 'SELECT status FROM orders WHERE id = $1', [placed.id]),
    ([row]) => row?.status === 'confirmed',
  );
  const named = (name: string): ReceivedSpan[] => collector.spans.filter((span) => span.name === name);
  const names = [
    'POST /orders',
    'send purchases',
    'process inventory.purchases',
    'send reservations',
    'process order.reservations',
  ];
  await collector.until(() => names.every((name) => named(name).length > 0));

  const spans = names.map((name) => named(name)[0]!);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  const [request, sendPurchase, reserve, sendReservation, apply] = spans;
  expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual([
    '',
    request!.spanId,
    request!.spanId,
    reserve!.spanId,
    reserve!.spanId,
  ]);
  expect([request, sendPurchase, reserve, sendReservation, apply].map((span) => span!.kind)).toEqual([
    2, 4, 5, 4, 5,
  ]);
  expect(spans.map(({ resource }) => [resource['service.name'], resource['service.instance.id']])).toEqual(
    ['order', 'order', 'inventory', 'inventory', 'order'].map((name) => [name, name]),
  );
  for (const span of [request, reserve, apply])
    expect(span!.attributes).toMatchObject({ 'semel.idempotency.outcome': 'executed' });

  // The log lines of both services lead to the trace, and tell the outcome.
  for (const name of ['order', 'inventory'] as const) {
    const lines = (await shop.logLines(name)).filter(({ traceId }) => traceId === request!.traceId);
    expect(lines.map(({ orderId, outcome }) => [orderId, outcome])).toContainEqual([placed.id, 'executed']);
  }

  // A replay is a trace of its own, and says what it is.
  await sendUntilAnswered(url, place);
  await collector.until(() => named('POST /orders').length > 1);
  const replay = named('POST /orders')[1]!;
  expect(replay.traceId).not.toBe(request!.traceId);
  expect(replay.attributes).toMatchObject({ 'semel.idempotency.outcome': 'replayed' });
  const [line] = (await shop.logLines('order')).filter(({ traceId }) => traceId === replay.traceId);
  expect(line).toMatchObject({ key: 'traced', orderId: placed.id, outcome: 'replayed', msg: 'request' });
  // Nobody traces what machines poll.
  expect(collector.spans.filter(({ name }) => /health|metrics/.test(name))).toEqual([]);
});
