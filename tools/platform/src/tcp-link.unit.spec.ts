import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { TcpLink } from './tcp-link.js';

let far: Server;
let arrived: Socket[];
let link: TcpLink;
let port: number;

beforeEach(async () => {
  arrived = [];
  // An echo, one line at a time.
  far = createServer((socket) => {
    arrived.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => socket.write(bytes));
  }).listen(0, '127.0.0.1');
  await once(far, 'listening');
  link = new TcpLink('a link', (far.address() as AddressInfo).port);
  port = await link.listen();
});

afterEach(() => {
  link.close();
  far.close();
});

/** A client that has been through the link once. */
async function client(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  expect(await echo(socket, 'hello')).toBe('hello');
  return socket;
}

/** events.once() would reject for the error that comes first. */
function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [bytes] = await once(socket, 'data');
  return String(bytes);
}

it('passes bytes both ways, and the end', async () => {
  const socket = await client();
  socket.end();
  await closing(arrived[0]!);
});

it('resets every connection, and takes new ones', async () => {
  const socket = await client();
  const closed = closing(socket);
  expect(link.reset()).toBe(1);
  await closed;
  await client();
});

it('ends every connection while it is cut, the new ones too', async () => {
  const socket = await client();
  const closed = closing(socket);
  const { hit, heal } = link.cut();
  expect(hit).toBe(1);
  await closed;
  const refused = connect(port, '127.0.0.1');
  refused.on('error', () => undefined);
  await closing(refused);
  expect(arrived).toHaveLength(1);
  heal();
  await client();
});

it.each(['near', 'far'] as const)('lets the %s end vanish without telling the other one', async (which) => {
  const socket = await client();
  const other = which === 'near' ? arrived[0]! : socket;
  let told = false;
  other.on('close', () => {
    told = true;
  });
  const gone = closing(which === 'near' ? socket : arrived[0]!);
  const { hit, heal } = link.halfOpen(which);
  expect(hit).toBe(1);
  await gone;
  // A whole way there and back of another connection: time enough to hear of it.
  await client();
  expect(told).toBe(false);
  const ended = closing(other);
  heal();
  await ended;
});

it('withholds everything, and delivers it in order', async () => {
  const socket = await client();
  const { heal } = link.withhold();
  let heard = '';
  socket.on('data', (bytes) => {
    heard += String(bytes);
  });
  socket.write('one ');
  socket.write('two');
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toBe('');
  heal('deliver');
  while (heard !== 'one two') await once(socket, 'data');
});

it('resets what it has withheld', async () => {
  const socket = await client();
  const { heal } = link.withhold();
  const closed = closing(socket);
  heal('reset');
  await closed;
});

it('loses as many answers as it was told to, and says how many it has', async () => {
  const { heal } = link.lose('answer', 2);
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const closed = closing(socket);
  socket.write('hello');
  await closed;
  // The far end had heard it.
  expect(arrived).toHaveLength(1);
  expect(heal()).toBe(1);
  await client();
});

it('loses the acknowledgement of a COMMIT and nothing else', async () => {
  const socket = await client();
  const { heal } = link.lose('commit', 1);
  expect(await echo(socket, 'INSERT\0')).toBe('INSERT\0');
  const closed = closing(socket);
  socket.write('COMMIT\0');
  await closed;
  expect(heal()).toBe(1);
});

it('loses a COMMIT before the far end hears of it, after those that it was told to spare', async () => {
  const socket = await client();
  const heard: string[] = [];
  arrived[0]!.on('data', (bytes) => heard.push(String(bytes)));
  const { heal } = link.lose('commit request', 1, { spared: 1 });
  for (const text of ['INSERT\0', 'COMMIT\0', 'BEGIN\0']) expect(await echo(socket, text)).toBe(text);
  const closed = closing(socket);
  socket.write('COMMIT\0');
  await closed;
  expect(heard).toEqual(['INSERT\0', 'COMMIT\0', 'BEGIN\0']);
  expect(heal()).toBe(1);
});

it('leads to the database of a URL, by a URL that differs in nothing but the port', async () => {
  const { port: farPort } = far.address() as AddressInfo;
  const direct = `postgres://user:pass@127.0.0.1:${farPort}/shop?sslmode=disable`;
  const { link: toDatabase, url } = await TcpLink.to(direct);
  const through = new URL(url);
  expect(through.port).not.toBe(String(farPort));
  const socket = connect(Number(through.port), through.hostname);
  expect(await echo(socket, 'hello')).toBe('hello');
  through.port = String(farPort);
  expect(through.href).toBe(direct);
  socket.destroy();
  toDatabase.close();
});

it('is late while it is slow', async () => {
  const socket = await client();
  const { heal } = link.slow(60);
  const began = performance.now();
  await echo(socket, 'late');
  expect(performance.now() - began).toBeGreaterThan(100);
  heal();
});
