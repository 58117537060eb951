import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { PlatformError } from './platform-error.js';

// Above, systems lend ports to outgoing connections (Linux from 32768, macOS from 49152): one that was free when it was picked
// is lost to whoever connects somewhere before its server listens, or while its server is down. Below is what fetch refuses.
const lowest = 12_000;
const beyond = 32_768;

// From a place of its own for each process, one after the other: two that pick at the same time hardly meet.
let next = randomInt(lowest, beyond);

/** Whether nobody listens on 127.0.0.1:port. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * A port of 127.0.0.1 that is free now, and that the system lends to no connection: the preferred one where it is free, else
 * another one at each call.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred))) return preferred;
  for (let tries = lowest; tries < beyond; tries += 1) {
    const port = next;
    next = port + 1 < beyond ? port + 1 : lowest;
    if (await isPortFree(port)) return port;
  }
  throw new PlatformError(`No port from ${lowest} to ${beyond - 1} of 127.0.0.1 is free.`, {
    code: 'no-port',
  });
}
