import { ProxyTracerProvider, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { SendableRow } from './sender.js';

const name = '@semel/outbox';

/**
 * A span for each event that the brokers have acknowledged, in the trace of the operation that appended it. They are made
 * afterwards: nobody's parent, and nothing is done where no SDK is registered.
 *
 * @param sentAt milliseconds since the epoch
 */
export function traceSends(rows: readonly SendableRow[], sentAt: number): void {
  const provider = trace.getTracerProvider();
  if (provider instanceof ProxyTracerProvider && provider.getDelegateTracer(name) === undefined) return;
  const tracer = trace.getTracer(name);
  for (const { topic, headers } of rows) {
    const { traceparent, ce_type: type } = headers;
    if (typeof traceparent !== 'string') continue;
    const attributes = {
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      ...(typeof type === 'string' && { 'cloudevents.event_type': type }),
    };
    const options = { kind: SpanKind.PRODUCER, attributes, startTime: sentAt };
    tracer.startSpan(`send ${topic}`, options, propagation.extract(ROOT_CONTEXT, { traceparent })).end();
  }
}
