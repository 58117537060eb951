import type { Service } from '../create-service.js';
import { sendRaw } from '../testing/raw-request.spec.js';
import { expectProblem, type Sent, send as sendTo } from '../testing/send.spec.js';
import { startSmallShop } from '../testing/small-shop.spec.js';
import { createIdentityProvider, type IdentityProvider } from '../testing/tokens.spec.js';

let provider: IdentityProvider;
let service: Service;
let url: string;
let operator: string;

beforeAll(async () => {
  provider = await createIdentityProvider();
  ({ service, url } = await startSmallShop({ auth: provider.auth }));
  operator = `Bearer ${await provider.token({ sub: 'olga', roles: ['operator'] })}`;
});
afterAll(async () => {
  await service.stop();
  await provider.close();
});

const send = (path: string, request: Sent) => sendTo(`${url}${path}`, request);

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
