import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Exit, PlatformError, ServerProcess } from '@semel/platform';
import type { Launch } from './running.js';

export interface ServiceProgram {
  readonly name: string;
  /** The compiled entry point. */
  readonly main: string;
  readonly port: number;
  /** Asked at each start, so that a token inside never outlives the process that it was made for. */
  readonly environment: () => Promise<Readonly<Record<string, string>>>;
  readonly root: string;
  readonly logs: string;
  /** Node's limit for the old space of the heap. */
  readonly heapMegabytes: number;
}

/** A request that hangs tells as much as one that is refused. */
const answerWithin = 2_000;

/** Generous: it waits for a database or a broker that is on its way back. */
const readyWithin = 120_000;

/** Starts a service as a process of its own, ready when GET /health/ready answers 200. */
export function serviceLaunch(service: ServiceProgram): Launch {
  return async ({ signal, onSpawn }) => {
    signal.throwIfAborted();
    const logFile = join(service.logs, `${service.name}.log`);
    const server = await ServerProcess.spawn({
      command: process.execPath,
      args: [`--max-old-space-size=${service.heapMegabytes}`, '--enable-source-maps', service.main],
      cwd: service.root,
      env: { ...process.env, ...(await service.environment()) },
      logFile,
      stopSignal: 'TERM',
      // Longer than the fifteen seconds that a service takes to drain (SHUTDOWN_TIMEOUT_MS).
      patienceSeconds: 20,
    });
    onSpawn(server.pid, service.port);
    const deadline = Date.now() + readyWithin;
    const abort = () => void server.stop();
    signal.addEventListener('abort', abort, { once: true });
    try {
      while (!(await isReady(service.port))) {
        if (server.hasExited) {
          const how = describe(await server.exited);
          throw new PlatformError(
            `${service.name} did not become ready: ${how}, ${lastWords(server)} (its log is ${logFile})`,
            { code: 'service-start' },
          );
        }
        if (Date.now() > deadline) {
          await server.stop();
          throw new PlatformError(
            `${service.name} did not become ready within ${readyWithin / 1_000} s (its log is ${logFile})`,
            { code: 'service-start' },
          );
        }
        await delay(50);
      }
    } finally {
      signal.removeEventListener('abort', abort);
    }
    return { pid: server.pid, exited: server.exited.then(describe), stop: () => server.stop() };
  };
}

export function describe(exit: Exit): string {
  return exit.signal ?? `exit code ${exit.code}`;
}

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`, {
      signal: AbortSignal.timeout(answerWithin),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

/** The line in which it says why, as far as one can be told from the rest. */
function lastWords(server: ServerProcess): string {
  const lines = server.lastLines.filter((line) => line.trim() !== '');
  const line = lines.findLast((text) => /error|fatal/i.test(text)) ?? lines.at(-1) ?? 'it said nothing';
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
