import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import {
  type Context,
  context,
  isSpanContextValid,
  propagation,
  type Span,
  SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';

const tracer = trace.getTracer('@semel/service');

/** The span of a request and the context in which its handler runs. */
export interface RequestSpan {
  readonly span: Span;
  readonly context: Context;
}

/**
 * Starts the span of a request: a child of its `traceparent` where that is valid, of a new trace otherwise. Without an SDK
 * nothing is recorded, but the ids are real, so that logs and outgoing messages can be told to belong together.
 *
 * @param wanted whether it is worth a span in a trace
 */
export function startRequestSpan(method: string, headers: IncomingHttpHeaders, wanted: boolean): RequestSpan {
  // An SDK's own HTTP instrumentation has extracted the parent already.
  const extracted =
    trace.getActiveSpan() === undefined ? propagation.extract(context.active(), headers) : context.active();
  const parent = wanted ? extracted : suppressTracing(extracted);
  const inherited = trace.getSpanContext(parent);
  const started = tracer.startSpan(method, { kind: SpanKind.SERVER }, parent);
  const own = started.spanContext();
  const span =
    isSpanContextValid(own) && own.spanId !== inherited?.spanId ? started : unrecordedSpan(inherited);
  return { span, context: trace.setSpan(parent, span) };
}

function unrecordedSpan(parent: ReturnType<typeof trace.getSpanContext>): Span {
  return trace.wrapSpanContext({
    traceId: parent?.traceId ?? randomUUID().replaceAll('-', ''),
    spanId: newSpanId(),
    traceFlags: parent?.traceFlags ?? TraceFlags.NONE,
    ...(parent?.traceState === undefined ? {} : { traceState: parent.traceState }),
  });
}

/** 64 random bits. Node draws the bits of UUIDs many at a time, which makes them cheaper than `randomBytes`. */
function newSpanId(): string {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(-8);
}
