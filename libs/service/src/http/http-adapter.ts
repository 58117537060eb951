import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Drain } from '../lifecycle/drain.js';
import type { Log } from '../logs/log.js';
import { renderProblem } from '../problems/render-problem.js';
import { Admission } from './admission.js';
import { parseBodies } from './body-parser.js';
import { answerClientError, answerExpectation } from './client-error.js';
import { limitConnections } from './connection-limit.js';
import { enterRequestScope, scopeRequests } from './request-scope.js';
import type { RouteTable } from './route-table.js';
import { SECURITY_HEADERS, setSecurityHeaders } from './security-headers.js';

export interface HttpAdapterOptions {
  readonly log: Log;
  readonly drain: Drain;
  readonly routes: RouteTable;
  /** How many requests that change something may run at a time. */
  readonly maxRequests: number;
  /** Content-Security-Policy of everything but /docs and /problems; by default that of data. */
  readonly contentSecurityPolicy?: string | undefined;
}

/** A key has at most 255 characters, each of which may come percent-encoded. */
const LONGEST_PARAMETER = 3 * 255 + 3;
/** From the first byte to the last of a request's body. Answers may take as long as they like: event streams do. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 15_000;
/** Longer than the 60 s after which common load balancers close idle connections, so that they do it first. */
const KEEP_ALIVE_MS = 72_000;
/** Each costs about 7 KB while it is idle. */
const CONNECTIONS = 15_000;

/** Fastify under Nest, set up so that every answer is ours and nothing that a client sends makes a 5xx. */
export function createHttpAdapter(options: HttpAdapterOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    logger: false,
    trustProxy: false,
    exposeHeadRoutes: true,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: 5_000 },
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    clientErrorHandler: answerClientError,
    // The router refuses a malformed URL or an overlong parameter before any hook runs.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      enterRequestScope(options, request, reply, () => {
        const { status, headers, body } = renderProblem(error, request);
        reply.code(status).headers(SECURITY_HEADERS).headers(headers).send(body);
      });
    },
  });
  const instance = adapter.getInstance();
  instance.addHook('onRoute', (route) => options.routes.add(route));
  scopeRequests(instance, options);
  setSecurityHeaders(instance, options.contentSecurityPolicy);
  options.drain.refuseNewRequests(instance);
  parseBodies(instance);
  limitConnections(instance.server, CONNECTIONS);
  instance.server.on('checkExpectation', answerExpectation);
  new Admission(options.maxRequests).guard(instance.server);
  return adapter;
}
