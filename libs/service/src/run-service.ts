import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { z } from 'zod';
import { ConfigurationError } from './config/configuration-error.js';
import { loadConfig } from './config/load-config.js';
import type { serviceVariables } from './config/variables.js';
import { createService, type Service, type ServiceOptions } from './create-service.js';
import { createLog, type Log } from './logs/log.js';
import { type EndOfTraces, exportTraces } from './traces/trace-export.js';

type ServiceSettings = z.output<z.ZodObject<ReturnType<typeof serviceVariables>>>;
type ServiceEnvironment = z.ZodObject & { readonly _zod: { readonly output: ServiceSettings } };

export interface RunOptions<Schema extends ServiceEnvironment, Transport extends CustomTransportStrategy> {
  /** The service's name in logs. */
  readonly name: string;
  /** The environment's schema: `serviceEnvironment(3001)`, or one made of the variables that a service has. */
  readonly environment: Schema;
  /** The service for a configuration. */
  readonly service: (
    config: z.output<Schema>,
    log: Log,
  ) => Omit<ServiceOptions<Transport>, 'log' | 'maxRequests' | 'shutdownTimeoutMs'>;
}

/** A second signal this soon after the first is the same Ctrl-C, sent to the whole group and by npm once more. */
const SAME_SIGNAL_MS = 1_000;
/** Consumers, relays and pools get this long after the requests have ended. */
const STOPPING_MS = 15_000;

/**
 * Runs a service as the process: reads the environment, starts, and stops on SIGTERM or SIGINT with exit code 0. A start that fails
 * ends with one sentence on stderr and exit code 1.
 */
export async function runService<
  Schema extends ServiceEnvironment,
  Transport extends CustomTransportStrategy = CustomTransportStrategy,
>(options: RunOptions<Schema, Transport>): Promise<void> {
  let port = 0;
  let stopping = (): boolean => false;
  try {
    const config = loadConfig(options.environment, process.env);
    const settings: ServiceSettings = config;
    port = settings.PORT;
    const log = createLog({
      name: options.name,
      instance: settings.SERVICE_INSTANCE,
      level: settings.LOG_LEVEL,
      format: settings.LOG_FORMAT,
    });
    endOnStrayErrors(log);
    const shutdownTimeoutMs = settings.SHUTDOWN_TIMEOUT_MS;
    const maxRequests = settings.MAX_REQUESTS;
    const traces = exportTraces(settings, { name: options.name, instance: settings.SERVICE_INSTANCE, log });
    const service = traces.then(() =>
      createService<Transport>({
        ...options.service(config, log),
        log,
        maxRequests,
        shutdownTimeoutMs,
      }),
    );
    stopping = stopOnSignals({ service, traces, log, deadlineMs: shutdownTimeoutMs + STOPPING_MS });
    const url = await (await service).start(settings.PORT, settings.HOST);
    log.info({ url }, `${options.name} listens`);
  } catch (error) {
    // A start that was interrupted has not failed.
    if (stopping()) return;
    process.stderr.write(`${options.name} can't start: ${startFailure(error, port)}\n`, () =>
      process.exit(1),
    );
  }
}

function startFailure(error: unknown, port: number): string {
  if (error instanceof ConfigurationError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') {
    return `port ${port} is taken by another process. Stop that one, or set PORT to a free port.`;
  }
  if ('code' in error && error.code === 'EACCES') {
    return `port ${port} may not be opened by this user. Set PORT to a port above 1023.`;
  }
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message || error.name}${cause}`;
}

interface Running {
  readonly service: Promise<Service>;
  readonly traces: Promise<EndOfTraces>;
  readonly log: Log;
  readonly deadlineMs: number;
}

/** Stops the service, also one that is still being made, and sends its last spans. @returns whether stopping has begun */
function stopOnSignals({ service, traces, log, deadlineMs }: Running): () => boolean {
  let firstAt: number | undefined;
  const stop = (signal: NodeJS.Signals) => {
    if (firstAt !== undefined) {
      if (performance.now() - firstAt < SAME_SIGNAL_MS) return;
      log.warn({ signal }, 'second signal: stopping at once');
      process.exit(1);
    }
    firstAt = performance.now();
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error({ deadlineMs }, 'stopping took too long');
      process.exit(1);
    }, deadlineMs).unref();
    const stopped = stopWithTraces(service, traces);
    stopped.then(
      () => {
        log.info('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        log.fatal({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return () => firstAt !== undefined;
}

/** Also where stopping fails, the spans that tell of it are sent. */
async function stopWithTraces(service: Promise<Service>, traces: Promise<EndOfTraces>): Promise<void> {
  try {
    await (await service).stop();
  } finally {
    const endOfTraces = await traces;
    await endOfTraces();
  }
}

/** An error that nobody caught leaves the process in a state that nobody knows: it ends, and its supervisor starts a new one. */
function endOnStrayErrors(log: Log): void {
  const end = (event: string) => (error: unknown) => {
    log.fatal({ err: error }, event);
    process.exit(1);
  };
  process.on('unhandledRejection', end('unhandled rejection'));
  process.on('uncaughtException', end('uncaught exception'));
}
