import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { limitConnections } from './connection-limit.js';

it('closes idle connections when the house is full, and none with a request under way', async () => {
  const waiting: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/slow') {
      waiting.push(response);
      server.emit('slow');
    } else response.end('done');
  });
  limitConnections(server, 4);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  const ask = async (socket: Socket, path: string): Promise<string> => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    return String(answer);
  };

  const slow = await open();
  const arrived = once(server, 'slow');
  const answered = ask(slow, '/slow');
  await arrived;
  const idle = [await open(), await open()];
  for (const socket of idle) expect(await ask(socket, '/')).toMatch(/^HTTP\/1\.1 200 /);
  const gone = idle.map((socket) => once(socket, 'close'));
  const last = await open();
  await Promise.all(gone);
  expect(await ask(last, '/')).toMatch(/^HTTP\/1\.1 200 /);
  waiting[0]?.end('done');
  expect(await answered).toMatch(/^HTTP\/1\.1 200 /);
  server.closeAllConnections();
  server.close();
});
