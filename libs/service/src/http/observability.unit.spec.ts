import type { Service } from '../create-service.js';
import { startSmallShop } from '../testing/small-shop.spec.js';
import { createIdentityProvider, type IdentityProvider } from '../testing/tokens.spec.js';

let provider: IdentityProvider;
let service: Service;
let url: string;
let lines: Record<string, unknown>[];
beforeAll(async () => {
  provider = await createIdentityProvider();
  ({ service, url, lines } = await startSmallShop({ auth: provider.auth }));
});
afterAll(async () => {
  await service.stop();
  await provider.close();
});

const traceOf = async (headers: Record<string, string> = {}) =>
  ((await (await fetch(`${url}/trace`, { headers })).json()) as { traceparent: string }).traceparent;

describe('a trace', () => {
  const id = '0af7651916cd43dd8448eb211c80319c';
  it('goes on from the traceparent of the request, with a span of its own', async () => {
    const traceparent = await traceOf({ traceparent: `00-${id}-b7ad6b7169203331-01` });
    expect(traceparent).toMatch(new RegExp(`^00-${id}-[0-9a-f]{16}-01$`));
    expect(traceparent).not.toContain('b7ad6b7169203331');
  });
  it.each([
    [undefined],
    ['garbage'],
    [`00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    [`00-${id}-${'0'.repeat(16)}-01`],
    [`ff-${id}-b7ad6b7169203331-01`],
  ])('begins anew after the traceparent %s', async (traceparent) => {
    const first = await traceOf(traceparent === undefined ? {} : { traceparent });
    expect(first).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(first).not.toContain(id);
    expect(await traceOf()).not.toBe(first);
  });
});

describe('the log line of a request', () => {
  it('carries key, order id, trace id, status and duration, and no token', async () => {
    const token = await provider.token();
    await fetch(`${url}/orders?limit=1&secret=2`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': 'key-7',
        traceparent: '00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
      body: JSON.stringify({ lines: [{ sku: 'tea', quantity: 1 }] }),
    });
    const line = lines.find(({ key, msg }) => key === 'key-7' && msg === 'request');
    expect(line).toMatchObject({
      level: 'info',
      orderId: 'order-1',
      traceId: '1af7651916cd43dd8448eb211c80319c',
      method: 'POST',
      path: '/orders',
      status: 201,
      durationMs: expect.any(Number),
    });
    expect(JSON.stringify(lines)).not.toContain(token);
  });
  it('is written for refusals before any route, too', async () => {
    await fetch(`${url}/orders/%zz`);
    expect(lines.filter(({ path }) => path === '/orders/%zz')).toMatchObject([{ status: 400 }]);
  });
});

describe('the metrics', () => {
  it('count requests by route template, method and class of status, never by what clients make up', async () => {
    for (const key of ['one', 'two', 'three']) await fetch(`${url}/keys/${key}`);
    await fetch(`${url}/made/up/1`);
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toContain(
      'semel_http_request_duration_seconds_count{route="/keys/:key",method="GET",status="4xx"} 3',
    );
    expect(text).toContain('route="unmatched"');
    expect(text).not.toContain('/keys/one');
    expect(text).not.toContain('/made/up');
    expect(text).toContain('semel_process_cpu_seconds_total');
    for (const [, name] of text.matchAll(/^# TYPE (\S+)/gm)) expect(name).toMatch(/^semel_/);
  });
});
