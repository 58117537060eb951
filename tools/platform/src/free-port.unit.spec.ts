import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort, isPortFree } from './free-port.js';

async function listening(port: number): Promise<AsyncDisposable> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

it('gives no port twice, and none that the system lends to outgoing connections', async () => {
  const ports: number[] = [];
  for (let count = 0; count < 100; count += 1) ports.push(await freePort());
  expect(new Set(ports).size).toBe(100);
  expect(Math.max(...ports)).toBeLessThan(32_768);
  expect(Math.min(...ports)).toBeGreaterThanOrEqual(12_000);
});

it('passes over a port on which somebody listens, preferred or next in turn', async () => {
  const taken = (await freePort()) + 1;
  await using _server = await listening(taken);
  expect(await isPortFree(taken)).toBe(false);
  expect(await freePort(taken)).not.toBe(taken);
  expect(await freePort()).not.toBe(taken);
});

it('gives the preferred port where it is free', async () => {
  const wanted = await freePort();
  expect(await freePort(wanted)).toBe(wanted);
});
