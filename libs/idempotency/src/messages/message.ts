import { bodyPart, fingerprintOf } from '../fingerprint.js';
import { lengthPrefixed } from '../identity.js';
import type { Operation } from '../operation.js';

/** What is needed to know of a message, whatever transport brought it. */
export interface IncomingMessage<Value = unknown> {
  readonly key: string;
  readonly type: string;
  readonly value: Value;
  /** The value's bytes as they were sent. */
  readonly raw: Buffer;
  readonly traceparent?: string;
}

/** An RPC context (`@Ctx()`) from which `@Idempotent()` can read the messages that its handler is given. */
export interface MessageContext {
  readonly messages: readonly IncomingMessage[];
}

export function isMessageContext(context: unknown): context is MessageContext {
  return (
    typeof context === 'object' &&
    context !== null &&
    'messages' in context &&
    Array.isArray(context.messages)
  );
}

/**
 * A message as an operation. Its identity is consumer, type and key; its exclusion is consumer and key alone, so that
 * the events of a key take turns. Payloads compare by value, headers don't count.
 *
 * @param consumer the explicit name of the consumer: renaming a class forgets nothing
 * @param retention seconds; it has to outlive the topic, or an old event read again would run again
 */
export function messageOperation<Message extends IncomingMessage>(
  consumer: string,
  message: Message,
  retention: number,
): Operation<Message> {
  return {
    scope: `consumer:${consumer}/${message.type}`,
    key: message.key,
    fingerprint: fingerprintOf([consumer, message.type, bodyPart(message.raw, true)]),
    exclusion: lengthPrefixed(['consumer', consumer, message.key]),
    input: message,
    retention,
  };
}
