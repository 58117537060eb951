import type { Service } from '../create-service.js';
import { sendRaw } from '../testing/raw-request.spec.js';
import { startSmallShop } from '../testing/small-shop.spec.js';
import { createIdentityProvider, type IdentityProvider } from '../testing/tokens.spec.js';

let provider: IdentityProvider;
let service: Service;
let url: string;
let alice: string;
let operator: string;

beforeAll(async () => {
  provider = await createIdentityProvider();
  ({ service, url } = await startSmallShop({ auth: provider.auth }));
  alice = `Bearer ${await provider.token()}`;
  operator = `Bearer ${await provider.token({ sub: 'olga', roles: ['operator'] })}`;
});
afterAll(async () => {
  await service.stop();
  await provider.close();
});

const order = JSON.stringify({ lines: [{ sku: 'tea', quantity: 1 }] });

interface Sent {
  method?: string;
  authorization?: string;
  key?: string;
  type?: string;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}
async function send(path: string, { method = 'POST', authorization, key, type, body, headers = {} }: Sent) {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? new TextEncoder().encode(body) : body }),
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(type === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
  });
  const text = await response.text();
  return { response, status: response.status, json: text === '' ? undefined : JSON.parse(text) };
}
const expectProblem = (
  { response, json }: Awaited<ReturnType<typeof send>>,
  status: number,
  code: string,
) => {
  expect([response.status, json?.code]).toEqual([status, code]);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(json).toMatchObject({ type: `/problems/${code}`, status, code });
  for (const member of ['title', 'detail', 'instance']) expect(typeof json[member]).toBe('string');
};

describe('the order of refusals', () => {
  const broken = '{"lines":';
  it('takes 401 before everything else', async () => {
    expectProblem(await send('/orders', { type: 'text/plain', body: broken }), 401, 'unauthorized');
    expectProblem(
      await send('/orders', { type: 'garbage', body: 'x'.repeat(2_000_000) }),
      401,
      'unauthorized',
    );
  });
  it('takes 403 before the body', async () => {
    expectProblem(
      await send('/stock/tea', {
        method: 'PUT',
        authorization: alice,
        type: 'application/json',
        body: broken,
      }),
      403,
      'forbidden',
    );
  });
  it('takes a missing key before every problem of the body', async () => {
    for (const [type, body] of [
      ['application/json', broken],
      ['text/plain', order],
      ['garbage', order],
      ['application/json', 'x'.repeat(2_000_000)],
    ] as const) {
      expectProblem(
        await send('/orders', { authorization: alice, type, body }),
        400,
        'idempotency-key-missing',
      );
    }
  });
  it('lets a good request through', async () => {
    const { status, json } = await send('/orders', {
      authorization: alice,
      key: 'k',
      type: 'application/json; charset=UTF-8',
      body: order,
    });
    expect([status, json]).toEqual([201, { lines: 1, customerId: 'alice' }]);
  });
});

describe('a body', () => {
  const place = (type: string | undefined, body: string | Uint8Array<ArrayBuffer>, headers = {}) =>
    send('/orders', {
      authorization: alice,
      key: 'k',
      ...(type === undefined ? {} : { type }),
      body,
      headers,
    });

  it('over 1 MiB is 413, announced or chunked, and the client gets to read it', async () => {
    expectProblem(await place('application/json', ' '.repeat(1_048_577)), 413, 'payload-too-large');
    const chunk = Buffer.from(' '.repeat(65_536));
    let sent = 0;
    const stream = new ReadableStream({
      pull: (controller) => {
        sent += 1;
        if (sent > 40) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const response = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { authorization: alice, 'idempotency-key': 'k', 'content-type': 'application/json' },
      body: stream,
      duplex: 'half',
    });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      413,
      'payload-too-large',
    ]);
  });
  it('of exactly 1 MiB is read', async () => {
    const padding = ' '.repeat(1_048_576 - order.length);
    expect((await place('application/json', order + padding)).status).toBe(201);
  });
  it('that announces gigabytes is refused at once', async () => {
    const answer = await sendRaw(
      url,
      `POST /orders HTTP/1.1\r\nHost: x\r\nAuthorization: ${alice}\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\nContent-Length: 10000000000\r\n\r\n{`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });
  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/json; charset=utf-16'],
    ['application/problem+json'],
    ['application/jsonx'],
    ['json'],
    ['"'],
    [undefined],
  ])('of the type %s is 415', async (type) => {
    expectProblem(await place(type, order), 415, 'unsupported-media-type');
  });
  it('that is compressed is 415', async () => {
    expectProblem(
      await place('application/json', order, { 'content-encoding': 'gzip' }),
      415,
      'unsupported-media-type',
    );
  });
  it.each([['{"lines":'], ['{} {}'], ["{'lines': []}"], ['NaN'], ['[1,]'], ['{"__proto__":{"admin":true}}']])(
    'like %s is 400 malformed-json',
    async (body) => {
      expectProblem(await place('application/json', body), 400, 'malformed-json');
    },
  );
  it('that is not UTF-8 is 400 malformed-json', async () => {
    expectProblem(await place('application/json', new Uint8Array([0x22, 0xff, 0x22])), 400, 'malformed-json');
  });
  it('that is absent is 400 where one is needed, and fine where none is', async () => {
    expectProblem(await send('/orders', { authorization: alice, key: 'k' }), 400, 'malformed-json');
    expectProblem(
      await send('/orders', { authorization: alice, key: 'k', type: 'application/json' }),
      400,
      'malformed-json',
    );
    for (const type of ['application/json', 'text/plain', undefined]) {
      const { status } = await send('/orders/1/cancel', {
        authorization: alice,
        ...(type === undefined ? {} : { type }),
      });
      expect(status).toBe(200);
    }
  });
  it('is ignored by a route that asks for none', async () => {
    expect(
      (await send('/orders/1/cancel', { authorization: alice, type: 'text/plain', body: 'x' })).status,
    ).toBe(200);
  });
  it('nested half a million deep is refused without harm', async () => {
    for (const body of ['['.repeat(500_000) + ']'.repeat(500_000), '{"a":'.repeat(200_000)]) {
      const { status } = await place('application/json', body);
      expect([400, 422]).toContain(status);
    }
  });
  it('that breaks the schema is 422, each member named', async () => {
    const answer = await place(
      'application/json',
      JSON.stringify({
        lines: [
          { sku: 'a b', quantity: '1', color: 'red' },
          { sku: 'x', quantity: 1.5 },
        ],
        gift: true,
      }),
    );
    expectProblem(answer, 422, 'invalid-request');
    expect(answer.json.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      '/gift',
      '/lines/0/color',
      '/lines/0/quantity',
      '/lines/0/sku',
      '/lines/1/quantity',
    ]);
  });
  it('keeps its bytes for the fingerprint', async () => {
    const bytes = '{"b":1,\n "a":"\\u0000"}';
    const { json } = await send('/plain', { type: 'application/json', body: bytes });
    expect(json).toEqual({ body: { b: 1, a: '\0' }, raw: Buffer.from(bytes).toString('base64') });
  });
  it('cut off by the client leaves the service serving', async () => {
    const half = `POST /plain HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
    const { connect } = await import('node:net');
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
        socket.write(half, () => socket.destroy()),
      );
      socket.on('close', () => resolve());
    });
    expect((await send('/plain', { type: 'application/json', body: '1' })).json.body).toBe(1);
  });
});

describe('an address', () => {
  const get = (path: string, method = 'GET') => send(path, { method, authorization: operator });
  it('that nobody serves is 404', async () => {
    expectProblem(await get('/nothing?a=b'), 404, 'not-found');
    expect((await get('/nothing?a=b')).json.instance).toBe('/nothing');
  });
  it('with another method is 405 and tells which are served', async () => {
    const answer = await get('/orders', 'DELETE');
    expectProblem(answer, 405, 'method-not-allowed');
    expect(answer.response.headers.get('allow')).toBe('GET, HEAD, POST');
  });
  it.each([['/orders/%zz'], ['/keys/%']])('like %s is 400', async (path) => {
    expectProblem(await get(path), 400, 'bad-request');
  });
  it('may carry a key of 255 characters, each percent-encoded', async () => {
    const key = '%'.repeat(255);
    expect((await get(`/keys/${encodeURIComponent(key)}`)).json).toEqual({ key });
    expect((await get(`/keys/${encodeURIComponent('a/b?c#d;e f')}`)).json).toEqual({ key: 'a/b?c#d;e f' });
  });
  it('with an endless parameter is 414', async () => {
    expectProblem(await get(`/keys/${'k'.repeat(2_000)}`), 414, 'uri-too-long');
  });
  it('with a parameter that breaks its schema is 422', async () => {
    const answer = await send('/stock/a%00b', {
      method: 'PUT',
      authorization: operator,
      type: 'application/json',
      body: '{"available":1}',
    });
    expectProblem(answer, 422, 'invalid-request');
    expect(answer.json.errors[0].path).toBe('/sku');
  });
  it.each([
    ['limit=0'],
    ['limit=101'],
    ['limit=1.0'],
    ['limit='],
    ['limit=abc'],
    ['limit=1&limit=2'],
    ['limit=%zz'],
    ['__proto__=1&limit=-1'],
  ])('with the query %s is 422 naming /limit', async (query) => {
    const answer = await get(`/orders?${query}`);
    expectProblem(answer, 422, 'invalid-request');
    expect(answer.json.errors[0].path).toBe('/limit');
  });
  it('with a good query is read', async () => {
    expect((await get('/orders')).json).toEqual({ limit: 20 });
    expect((await get('/orders?limit=100&cursor=x&other=1')).json).toEqual({ limit: 100, cursor: 'x' });
  });
});

describe('what is not HTTP', () => {
  it.each([
    ['no request line', 'GARBAGE\r\n\r\n', 400],
    ['an unknown method', 'FOO / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a length of letters', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n', 400],
    ['a negative length', 'POST /plain HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', 400],
    [
      'two lengths',
      'POST /plain HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['headers over 16 KiB', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'an odd expectation',
      'GET /trace HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n',
      417,
    ],
  ])('because of %s is refused as a problem', async (_what, bytes, status) => {
    const answer = await sendRaw(url, bytes);
    expect(answer.split(' ')[1]).toBe(String(status));
    expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
  });
  it.each([
    ['GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['GET http://[bad/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['PROPFIND /orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['GET /orders/\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['GET /docs/../../../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['GET /docs/%2e%2e/%2e%2e/package.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['GET /orders HTTP/1.1\r\nHost: x\r\nAccept-Version: 9\r\nConnection: close\r\n\r\n'],
    [
      'POST /plain HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    ],
  ])('%j is a 4xx', async (bytes) => {
    expect((await sendRaw(url, Buffer.from(bytes, 'latin1'))).split(' ')[1]).toMatch(/^4\d\d$/);
  });
});
