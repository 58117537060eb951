import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { sendRaw } from '../testing/raw-request.spec.js';
import { expectProblem, send } from '../testing/send.spec.js';
import { startSmallShop } from '../testing/small-shop.spec.js';
import { createIdentityProvider } from '../testing/tokens.spec.js';
import { Admission } from './admission.js';

/** A server that answers when it is told to, with room for `most` requests. */
async function heldServer(most: number) {
  const held: { request: IncomingMessage; response: ServerResponse }[] = [];
  const server = createServer((request, response) => {
    held.push({ request, response });
    server.emit('held');
  });
  new Admission(most).guard(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const post = (headers: Record<string, string> = {}) => {
    const arrived = once(server, 'held');
    const answer = fetch(url, { method: 'POST', headers });
    return { arrived, answer };
  };
  const close = () => {
    for (const { response } of held) response.end();
    server.closeAllConnections();
    server.close();
  };
  return { url, held, post, close };
}

it('refuses one request more than it takes on, at once and without reading its body', async () => {
  const { url, held, post, close } = await heldServer(1);
  const first = post();
  await first.arrived;
  // No body ever follows: an answer can only have come without it.
  const answer = await sendRaw(
    url,
    'POST /orders?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 503 /);
  expect(answer).toMatch(/\r\nretry-after: 1\r\n/i);
  expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({
    code: 'overloaded',
    instance: '/orders',
  });
  expect(held).toHaveLength(1);
  close();
  await first.answer;
});

it('takes requests on again as soon as earlier ones are answered, or their clients have gone', async () => {
  const { url, held, post, close } = await heldServer(1);
  const first = post();
  await first.arrived;
  held[0]!.response.end('done');
  await first.answer;
  const leave = new AbortController();
  const second = fetch(url, { method: 'POST', signal: leave.signal }).catch(() => undefined);
  while (held.length < 2) await turn();
  const gone = once(held[1]!.response, 'close');
  leave.abort();
  await Promise.all([gone, second]);
  const third = post();
  await third.arrived;
  expect(held).toHaveLength(3);
  close();
  await third.answer;
});

it('lets reads in whatever else is running, and counts those that wait by themselves', async () => {
  const { url, held, post, close } = await heldServer(1);
  const working = post();
  await working.arrived;
  const waiting = post({ prefer: 'wait=10' });
  await waiting.arrived;
  expect((await fetch(url, { method: 'POST', headers: { prefer: 'wait=10' } })).status).toBe(503);
  const reading = fetch(url);
  while (held.length < 3) await turn();
  close();
  await Promise.all([working.answer, waiting.answer, reading]);
});

it('is a problem like any other, told before who asks, and counted', async () => {
  const provider = await createIdentityProvider();
  const { service, url } = await startSmallShop({ auth: provider.auth, maxRequests: 0 });
  const counted = async () =>
    Number(/^semel_http_refused_total (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
  const before = await counted();
  const refused = await send(`${url}/orders`, { body: '{' });
  expectProblem(refused, 503, 'overloaded');
  expect(refused.response.headers.get('x-content-type-options')).toBe('nosniff');
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  expect(await counted()).toBe(before + 1);
  await service.stop();
  await provider.close();
});
