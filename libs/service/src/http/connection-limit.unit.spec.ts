import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { limitConnections } from './connection-limit.js';

let server: Server;
let port: number;
let waiting: ServerResponse[];

beforeEach(async () => {
  waiting = [];
  server = createServer((request, response) => {
    if (request.url === '/slow') {
      waiting.push(response);
      server.emit('slow');
    } else response.end('done');
  });
  // As the services have it: what only ends with this patience has not made room.
  server.keepAliveTimeout = 72_000;
  limitConnections(server, 4);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' ? (address?.port ?? 0) : 0;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function open(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** @returns the status line and the headers; nothing where the server has dropped the connection */
function ask(socket: Socket, path: string): Promise<string> {
  return new Promise((resolve) => {
    socket.once('data', (answer) => resolve(String(answer)));
    socket.once('close', () => resolve(''));
    socket.on('error', () => undefined);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  });
}

const ok = /^HTTP\/1\.1 200 /;

it('closes idle connections when the house is full, and none with a request under way', async () => {
  const slow = await open();
  const arrived = once(server, 'slow');
  const answered = ask(slow, '/slow');
  await arrived;
  const idle = [await open(), await open()];
  for (const socket of idle) expect(await ask(socket, '/')).toMatch(ok);
  const gone = idle.map((socket) => once(socket, 'close'));
  const last = await open();
  await Promise.all(gone);
  expect(await ask(last, '/')).toMatch(ok);
  waiting[0]?.end('done');
  expect(await answered).toMatch(ok);
});

it('lets others in also where all that fill the house become idle only after the last of them came', async () => {
  const filling = await Promise.all([open(), open(), open(), open()]);
  const answered = filling.map((socket) => ask(socket, '/slow'));
  while (waiting.length < filling.length) await once(server, 'slow');
  for (const response of waiting) response.end('done');
  for (const answer of await Promise.all(answered)) expect(answer).toMatch(ok);
  let answer = '';
  while (answer === '') answer = await ask(await open(), '/');
  expect(answer).toMatch(ok);
});
