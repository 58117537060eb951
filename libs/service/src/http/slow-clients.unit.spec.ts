import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Service } from '../create-service.js';
import { sendRaw } from '../testing/raw-request.spec.js';
import { startSmallShop } from '../testing/small-shop.spec.js';

// Idle connections of one test: more than any client has, few enough for a shell's limit of open files.
const many = 2_000;

let service: Service;
let server: Server;
let url: string;

beforeAll(async () => {
  ({ service, url } = await startSmallShop());
  server = service.app.getHttpServer();
});
afterAll(() => service.stop());

it('bounds the time for headers, for a whole request, and for a connection without one', () => {
  expect([server.headersTimeout, server.requestTimeout, server.keepAliveTimeout]).toEqual([
    15_000, 30_000, 72_000,
  ]);
});

it('serves others beside 2,000 connections that say nothing, half a head or half a body, and gives each of them up', async () => {
  const head = 'POST /plain HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const said = ['', head, `${head}Content-Length: 1000000\r\n\r\n{"a":"`];
  const port = Number(new URL(url).port);
  const answers: Promise<string>[] = [];
  for (let opened = 0; opened < many; opened += 200) {
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const socket = connect(port, '127.0.0.1');
        answers.push(all(socket));
        await once(socket, 'connect');
        socket.write(said[index % said.length] ?? '');
      }),
    );
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  }
  const answer = await fetch(`${url}/plain`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"text":"served"}',
  });
  expect([answer.status, await answer.json()]).toMatchObject([200, { body: { text: 'served' } }]);

  // Looked at every 5 s, whatever the limits are.
  server.headersTimeout = 100;
  server.requestTimeout = 100;
  for (const text of await Promise.all(answers)) {
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toContain('"code":"request-timeout"');
  }
}, 60_000);

it.each([
  ['of 20,000 headers', `GET /trace HTTP/1.1\r\nHost: x\r\n${'a:b\r\n'.repeat(20_000)}\r\n`, 431],
  ['of one endless header', `GET /trace HTTP/1.1\r\nHost: x\r\nA: ${'b'.repeat(1_000_000)}`, 431],
  ['of an endless address', `GET /${'a'.repeat(1_000_000)}`, 431],
  [
    'behind a body',
    `POST /plain HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n${'a:b\r\n'.repeat(20_000)}\r\n`,
    431,
  ],
  [
    'of chunk extensions',
    `POST /plain HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(1_000_000)}\r\n1\r\n0\r\n\r\n`,
    400,
  ],
])('refuses a flood %s', async (_what, bytes, status) => {
  expect((await sendRaw(url, bytes)).split(' ')[1]).toBe(String(status));
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
});

/** What comes until the connection closes. */
function all(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}
