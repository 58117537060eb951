import { SpanStatusCode } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Drain } from '../lifecycle/drain.js';
import { flatLines, type Log } from '../logs/log.js';
import { type LogMembers, withLogContext } from '../logs/log-context.js';
import { observeRequest } from '../metrics/http-metrics.js';
import { startRequestSpan } from '../traces/request-span.js';

/** Paths that machines poll: their request lines are for debugging only, and they are in no trace. */
const POLLED = /^\/(?:health|metrics)\b/;

/**
 * What surrounds every request: a span, the members of its log lines, its place among the running requests, and at its end one
 * log line and one observation. `next` runs inside.
 */
export function enterRequestScope(
  { log, drain }: { readonly log: Log; readonly drain: Drain },
  request: FastifyRequest,
  reply: FastifyReply,
  next: () => void,
): void {
  const startedAt = performance.now();
  const polled = POLLED.test(request.url);
  const { span, context: scope } = startRequestSpan(request.method, request.headers, !polled);
  const key = request.headers['idempotency-key'];
  const members: LogMembers = { traceId: span.spanContext().traceId };
  if (typeof key === 'string') members.key = key.slice(0, 255);
  const leave = drain.enter();
  reply.raw.once('close', () => {
    leave();
    const seconds = (performance.now() - startedAt) / 1_000;
    const route = request.routeOptions.url;
    const status = reply.raw.headersSent ? reply.raw.statusCode : 499;
    observeRequest({ route, method: request.method, status, seconds });
    span.setAttributes({
      'http.request.method': request.method,
      'http.response.status_code': status,
      'url.path': pathOf(request),
    });
    if (route !== undefined) span.updateName(`${request.method} ${route}`).setAttribute('http.route', route);
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    const line = {
      ...members,
      method: request.method,
      path: pathOf(request),
      status,
      durationMs: Math.round(seconds * 1e5) / 100,
      ...(reply.raw.writableFinished ? {} : { aborted: true }),
    };
    log[polled ? 'debug' : levelOf(status)](line, 'request');
  });
  withLogContext(members, next, scope);
}

/** Puts every routed request into its scope. */
export function scopeRequests(
  instance: FastifyInstance,
  surroundings: { readonly log: Log; readonly drain: Drain },
): void {
  const lines = { ...surroundings, log: flatLines(surroundings.log) };
  instance.addHook('onRequest', (request, reply, done) => enterRequestScope(lines, request, reply, done));
}

function levelOf(status: number): 'info' | 'warn' {
  return status >= 500 ? 'warn' : 'info';
}

function pathOf({ url }: FastifyRequest): string {
  const [path = ''] = url.split('?', 1);
  return path;
}
