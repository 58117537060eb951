import type { DynamicModule, INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AuthOptions } from './auth/access-tokens.js';
import { Readiness, type ReadinessCheck } from './health/readiness.js';
import { createHttpAdapter } from './http/http-adapter.js';
import { RouteTable } from './http/route-table.js';
import { Drain } from './lifecycle/drain.js';
import type { Log } from './logs/log.js';
import { NestLog } from './logs/nest-log.js';
import { type OpenApiOptions, serveOpenApi } from './openapi/serve-openapi.js';
import { serviceModule } from './service-module.js';
import { enableTracePropagation } from './traces/tracing.js';

export interface ServiceOptions<Transport extends CustomTransportStrategy = CustomTransportStrategy> {
  readonly module: Type | DynamicModule;
  readonly log: Log;
  /** Whose tokens are taken, or `none` for a service whose every route is public. */
  readonly auth: AuthOptions | 'none';
  /** Absent: no `/openapi.json` and `/docs`. */
  readonly openApi?: OpenApiOptions;
  /** Makes the transport of the service's message handlers. Its `close` may be called twice. */
  readonly transport?: (app: INestApplicationContext) => Transport;
  /** What `/health/ready` checks, by name. */
  readonly checks?: (
    app: INestApplicationContext,
    transport: Transport | undefined,
  ) => Record<string, ReadinessCheck>;
  readonly contentSecurityPolicy?: string;
  /** How many requests that change something may run at a time: one more is 503 `overloaded`. 1,000 by default. */
  readonly maxRequests?: number;
  /** How long running requests may take once stopping has begun; 15 s by default. */
  readonly shutdownTimeoutMs?: number;
}

export interface Service {
  readonly app: NestFastifyApplication;
  /** Listens, then starts the message handlers. @returns the URL */
  start(port: number, host: string): Promise<string>;
  /** Stops in the order of the design: not ready, finish requests, stop consumers, relays, pools. */
  stop(): Promise<void>;
}

/** Builds a service around an app's module: HTTP, problems, authentication, health, metrics, documents, message handlers. */
export async function createService<Transport extends CustomTransportStrategy>(
  options: ServiceOptions<Transport>,
): Promise<Service> {
  enableTracePropagation();
  const { log } = options;
  const drain = new Drain();
  const routes = new RouteTable();
  const { contentSecurityPolicy, maxRequests = 1_000 } = options;
  const adapter = createHttpAdapter({ log, drain, routes, maxRequests, contentSecurityPolicy });
  const app = await NestFactory.create<NestFastifyApplication>(
    {
      module: RootModule,
      imports: [serviceModule({ log, drain, routes, auth: options.auth }), options.module],
    },
    adapter,
    { logger: new NestLog(log), bodyParser: false, abortOnError: false, forceCloseConnections: true },
  );
  if (options.openApi !== undefined) serveOpenApi(app, options.openApi);
  const transport = options.transport?.(app);
  // Global pipes, guards and filters are HTTP's: message handlers are judged by their transport.
  if (transport !== undefined) app.connectMicroservice({ strategy: transport });
  const readiness = app.get(Readiness);
  for (const [name, check] of Object.entries(options.checks?.(app, transport) ?? {}))
    readiness.add(name, check);
  let stopped: Promise<void> | undefined;
  return {
    app,
    async start(port, host) {
      await app.listen(port, host);
      await app.startAllMicroservices();
      return app.getUrl();
    },
    stop() {
      stopped ??= stopInOrder({ app, log, drain, transport, timeoutMs: options.shutdownTimeoutMs ?? 15_000 });
      return stopped;
    },
  };
}

/** Holds what every service has and the app's own module. */
class RootModule {}

interface Stopping {
  readonly app: NestFastifyApplication;
  readonly log: Log;
  readonly drain: Drain;
  readonly transport: CustomTransportStrategy | undefined;
  readonly timeoutMs: number;
}

async function stopInOrder({ app, log, drain, transport, timeoutMs }: Stopping): Promise<void> {
  drain.begin();
  const cut = await drain.idle(timeoutMs);
  if (cut > 0) log.warn({ requests: cut }, 'requests still running after the time for stopping: cut');
  await transport?.close();
  // Nest's hooks do the rest: relays end in onModuleDestroy, connections in dispose, pools in onApplicationShutdown.
  await app.close();
}
