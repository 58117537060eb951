import {
  context,
  ProxyTracerProvider,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { IncomingMessage } from '../messages/message.js';
import type { Operation, Outcome } from '../operation.js';
import { outcomeAttributes } from './trace-outcome.js';

const name = '@semel/idempotency';

/** The messages of one call, each in a span of its own that goes on with the trace of its sender. */
export interface TracedMessages<Message extends IncomingMessage> {
  /** With the `traceparent` of their spans, so that what a handler sends of them comes below. */
  readonly messages: readonly Message[];
  /** Runs what one message alone is done by, in its span; what is done for many belongs to no single trace. */
  within<Result>(work: () => Result): Result;
  end(operations: readonly Operation<Message>[], outcomes: readonly Outcome[]): void;
  /** For a call that came to no outcomes at all. */
  fail(error: unknown): void;
}

/** Where no SDK is registered, or none of the traces is sampled, the messages are returned as they came. */
export function traceMessages<Message extends IncomingMessage>(
  consumer: string,
  messages: readonly Message[],
): TracedMessages<Message> {
  if (!isSdkRegistered()) return untraced(messages);
  const spans = messages.map((message) => startSpan(consumer, message));
  const [first] = spans;
  const alone = spans.length === 1 && first?.isRecording() ? first : undefined;
  return {
    messages: messages.map((message, index) => inSpan(message, spans[index])),
    within: (work) => (alone ? context.with(trace.setSpan(context.active(), alone), work) : work()),
    end: (operations, outcomes) => {
      for (const [index, span] of spans.entries()) {
        const operation = operations[index];
        const outcome = outcomes[index];
        if (operation && outcome && span.isRecording()) {
          span.setAttributes(outcomeAttributes(operation, outcome, messages.length));
          if (outcome.kind === 'failed') recordFailure(span, outcome.error);
        }
        span.end();
      }
    },
    fail: (error) => {
      for (const span of spans) {
        recordFailure(span, error);
        span.end();
      }
    },
  };
}

/** Nothing at all is done for messages that nobody traces. */
function isSdkRegistered(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(name) !== undefined;
}

function untraced<Message extends IncomingMessage>(messages: readonly Message[]): TracedMessages<Message> {
  const nothing = (): void => undefined;
  return { messages, within: (work) => work(), end: nothing, fail: nothing };
}

function startSpan(consumer: string, { type, traceparent }: IncomingMessage): Span {
  const parent = propagation.extract(ROOT_CONTEXT, traceparent === undefined ? {} : { traceparent });
  const attributes = {
    'messaging.operation.type': 'process',
    'messaging.consumer.group.name': consumer,
    'cloudevents.event_type': type,
  };
  return trace
    .getTracer(name)
    .startSpan(`process ${consumer}`, { kind: SpanKind.CONSUMER, attributes }, parent);
}

/** A span that nobody records is no parent: what comes after it would seem to have lost one. */
function inSpan<Message extends IncomingMessage>(message: Message, span: Span | undefined): Message {
  if (!span?.isRecording()) return message;
  const carrier: { traceparent?: string } = {};
  propagation.inject(trace.setSpan(ROOT_CONTEXT, span), carrier);
  return carrier.traceparent === undefined ? message : { ...message, traceparent: carrier.traceparent };
}

function recordFailure(span: Span, error: unknown): void {
  span.recordException(error instanceof Error ? error : String(error));
  span.setStatus({ code: SpanStatusCode.ERROR });
}
