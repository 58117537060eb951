import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { type RunningConsole, startConsole } from '../testing/console-before.spec.js';

let running: RunningConsole;
beforeAll(async () => {
  running = await startConsole(['console.example']);
});
afterAll(() => running.stop());
beforeEach(() => running.order.received.splice(0));

/** Node's fetch sets these headers itself: only a plain request sends what a browser would. */
function send(method: string, headers: Record<string, string>): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${running.url}/api/order/orders`, { method, headers }, async (answer) =>
      resolve({ status: answer.statusCode ?? 0, body: await json(answer) }),
    );
    outgoing.once('error', reject).end(method === 'GET' ? undefined : '{}');
  });
}

const own = () => new URL(running.url).host;

it.each([
  ['the page’s own write', () => ({ origin: running.url, 'sec-fetch-site': 'same-origin' })],
  ['a browser without fetch metadata', () => ({ origin: running.url })],
  ['a program that is no browser', () => ({})],
  [
    'the page under a name that was configured',
    () => ({ host: 'console.example', origin: 'https://console.example' }),
  ],
  ['an address that somebody typed', () => ({ 'sec-fetch-site': 'none' })],
])('lets %s pass', async (_, headers) => {
  expect((await send('POST', { 'content-type': 'application/json', ...headers() })).status).toBe(200);
  expect(running.order.received).toHaveLength(1);
});

it.each([
  ['another site', () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })],
  ['another site in a browser without fetch metadata', () => ({ origin: 'https://evil.example' })],
  [
    'another port of this machine',
    () => ({ origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-site' }),
  ],
  ['a sandboxed frame', () => ({ origin: 'null' })],
  ['a name that was made to point here', () => ({ host: 'evil.example', origin: 'http://evil.example' })],
  ['a name that ends like ours', () => ({ host: `evil-${own()}` })],
])('refuses a write from %s before it reaches the service', async (_, headers) => {
  const { status, body } = await send('POST', { 'content-type': 'application/json', ...headers() });
  expect(status).toBe(403);
  expect(body).toMatchObject({ code: 'cross-site-request' });
  expect(running.order.received).toHaveLength(0);
});

it.each([
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['a name that was made to point here', { host: 'evil.example' }],
])('refuses a read from %s too', async (_, headers) => {
  expect((await send('GET', headers)).status).toBe(403);
  expect(running.order.received).toHaveLength(0);
});
