import type { MessageHandler } from '@nestjs/microservices';
import { context as active, propagation, ROOT_CONTEXT, type TextMapGetter } from '@opentelemetry/api';
import { isObservable, lastValueFrom } from 'rxjs';
import type { ReceivedMessage } from './message.js';
import type { KafkaMessageContext } from './message-context.js';

const headerGetter: TextMapGetter<ReceivedMessage['headers']> = {
  keys: (headers) => Object.keys(headers),
  get: (headers, name) => headers[name]?.toString('utf8'),
};

/**
 * Calls a handler as Nest wrapped it, in the trace of its message; many messages have many traces, so a handler of many
 * starts from none. What completes without a value is done: an empty stream is no error.
 */
export async function callInTrace(
  handler: MessageHandler,
  payload: unknown,
  context: KafkaMessageContext,
  around: (call: () => Promise<unknown>) => Promise<unknown>,
): Promise<unknown> {
  const { messages, message } = context;
  const trace =
    messages.length === 1 ? propagation.extract(ROOT_CONTEXT, message.headers, headerGetter) : ROOT_CONTEXT;
  return active.with(trace, () =>
    around(async () => {
      const answer: unknown = await handler(payload, context);
      return isObservable(answer) ? lastValueFrom(answer, { defaultValue: undefined }) : answer;
    }),
  );
}
