import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createConnection } from 'node:net';
import { type RunningConsole, startConsole } from '../testing/console-before.spec.js';

let running: RunningConsole;
beforeEach(async () => {
  running = await startConsole();
});
afterEach(() => running.stop());

const json = { 'content-type': 'application/json' };

it('asks Order as the customer and Inventory as the operator, and lets the page bring no token of its own', async () => {
  await fetch(`${running.url}/api/order/orders?limit=5&status=placed`, {
    headers: { authorization: 'Bearer mine', cookie: 'a=b' },
  });
  await fetch(`${running.url}/api/inventory/stock/A%2FB`, {
    method: 'PUT',
    headers: json,
    body: '{"available":1}',
  });
  const [asked] = running.order.received;
  expect(asked).toMatchObject({ method: 'GET', url: '/orders?limit=5&status=placed' });
  expect(asked?.headers.authorization).toBe('Bearer customer-token');
  expect(asked?.headers.cookie).toBeUndefined();
  const [written] = running.inventory.received;
  expect(written).toMatchObject({ method: 'PUT', url: '/stock/A%2FB', body: '{"available":1}' });
  expect(written?.headers.authorization).toBe('Bearer operator-token');
});

it('passes what idempotency needs both ways, and the body byte for byte', async () => {
  const body = '{ "lines" : [ ],\n"note":"\\u00e9" }';
  running.order.answer = (_request, response) => {
    response.writeHead(201, {
      'content-type': 'application/json; charset=utf-8',
      location: '/orders/1',
      etag: '"1"',
      'idempotency-status': 'Processed',
      'idempotency-expires': 'Sun, 06 Nov 2094 08:49:37 GMT',
      'idempotency-replayed': 'true',
      'preference-applied': 'wait=3',
      'retry-after': '1',
    });
    response.end('{"id" :"1"}');
  };
  const answer = await fetch(`${running.url}/api/order/orders`, {
    method: 'POST',
    headers: { ...json, 'idempotency-key': '"k 1"', prefer: 'wait=3' },
    body,
  });
  expect(running.order.received[0]).toMatchObject({
    method: 'POST',
    body,
    headers: { 'idempotency-key': '"k 1"', prefer: 'wait=3', 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(201);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    location: '/orders/1',
    etag: '"1"',
    'idempotency-status': 'Processed',
    'idempotency-expires': 'Sun, 06 Nov 2094 08:49:37 GMT',
    'idempotency-replayed': 'true',
    'preference-applied': 'wait=3',
    'retry-after': '1',
  });
  expect(await answer.text()).toBe('{"id" :"1"}');
});

it('leaves a key that was sent twice, and a body that is no JSON, for the service to refuse', async () => {
  const { port } = new URL(running.url);
  const socket = createConnection(Number(port), '127.0.0.1');
  socket.end(
    [
      'POST /api/order/orders HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'Content-Type: application/json',
      'Idempotency-Key: a',
      'Idempotency-Key: b',
      'Content-Length: 3',
      'Connection: close',
      '',
      '{]x',
    ].join('\r\n'),
  );
  socket.resume();
  await once(socket, 'close');
  expect(running.order.received[0]).toMatchObject({ body: '{]x' });
  expect(running.order.received[0]?.headersDistinct['idempotency-key']).toEqual(['a', 'b']);
});

it('never gives the token to another host, whatever the path says', async () => {
  const evil = new URL(running.inventory.url);
  await fetch(`${running.url}/api/order//${evil.host}/orders`);
  expect(running.inventory.received).toHaveLength(0);
  expect(running.order.received[0]?.url).toBe(`//${evil.host}/orders`);
});

it('refuses a body over 1 MiB itself, without troubling the service', async () => {
  const answer = await fetch(`${running.url}/api/order/orders`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ note: 'x'.repeat(1_048_576) }),
  });
  expect(answer.status).toBe(413);
  expect(await answer.json()).toMatchObject({ code: 'payload-too-large' });
  expect(running.order.received).toHaveLength(0);
});

it('tells the page to send a request again when its service gave no answer', async () => {
  running.order.answer = (request) => request.socket.destroy();
  const answer = await fetch(`${running.url}/api/order/orders`, {
    method: 'POST',
    headers: json,
    body: '{}',
  });
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(await answer.json()).toMatchObject({ code: 'service-unavailable' });
});

it('cuts an answer that its service cut, instead of passing half of it as whole', async () => {
  running.order.answer = (_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    setImmediate(() => response.destroy());
  };
  await expect(fetch(`${running.url}/api/order/products`).then((answer) => answer.text())).rejects.toThrow();
});

it('has no route to anything but the two services', async () => {
  const answer = await fetch(`${running.url}/api/payments/x`);
  expect(answer.status).toBe(404);
});

it('gives a read up when nobody waits for it any more, and lets a write go on', async () => {
  const underWay = new EventEmitter();
  running.order.answer = (request, response) => underWay.emit(request.method ?? '', response);
  const leaving = new AbortController();
  const start = async (method: 'GET' | 'POST'): Promise<ServerResponse> => {
    const arrived = once(underWay, method);
    fetch(`${running.url}/api/order/orders`, {
      method,
      signal: leaving.signal,
      ...(method === 'POST' ? { headers: json, body: '{}' } : {}),
    }).catch(() => 'given up');
    const [response] = await arrived;
    return response;
  };
  const write = await start('POST');
  const read = await start('GET');
  const readClosed = once(read, 'close');
  leaving.abort();
  await readClosed;
  expect(write.destroyed).toBe(false);
  await new Promise<void>((resolve) => write.end('{}', resolve));
});
