import type { KafkaMessage } from 'kafkajs';
import { asError } from './errors.js';
import { parkingReasons, type ReceivedMessage } from './message.js';
import { type Origin, originOf } from './parked-keys.js';
import { readMessage } from './read-message.js';
import type { Subscription } from './subscription.js';

/** A message that a handler owes a verdict, or that was refused before the handler could see it. */
export type Due = { readonly sent: KafkaMessage; readonly origin: Origin } & (
  | { readonly kind: 'message'; readonly key: string; readonly message: ReceivedMessage }
  /** Without a key where the key itself can't be read. */
  | {
      readonly kind: 'refused';
      readonly key: string | undefined;
      readonly reason: string;
      readonly error: Error;
    }
);

/** Where the messages come from, and from which age on (milliseconds) they are refused. */
export interface Source {
  readonly topic: string;
  readonly partition: number;
  readonly refuseFromAgeMs: number;
}

/**
 * What each of the topic's handlers is due of a message. A handler that is not in the answer has nothing to do with it: its
 * decoder does not know the type, and another one's does.
 */
export function duesOf(
  sent: KafkaMessage,
  { topic, partition, refuseFromAgeMs }: Source,
  subscriptions: readonly Subscription[],
): Map<Subscription, Due> {
  const { isReplay, ...origin } = originOf(sent, partition);
  const forAll = (key: string | undefined, reason: string, error: Error) =>
    new Map(
      subscriptions.map((one): [Subscription, Due] => [
        one,
        { kind: 'refused', sent, origin, key, reason, error },
      ]),
    );
  const reading = readMessage(topic, partition, sent);
  if (reading.kind === 'unreadable') return forAll(reading.key, reading.reason, reading.error);
  const { message } = reading;
  const { key } = message;
  // Records of old producers have no timestamp: -1.
  if (!isReplay && message.timestamp >= 0 && Date.now() - message.timestamp >= refuseFromAgeMs) {
    return forAll(key, parkingReasons.expired, new ExpiredError(message.timestamp));
  }
  const dues = new Map(
    subscriptions.map((one): [Subscription, Due] => {
      const decoded = decode(one, message);
      return [
        one,
        'reason' in decoded
          ? { kind: 'refused', sent, origin, key, ...decoded }
          : { kind: 'message', sent, origin, key, message: decoded },
      ];
    }),
  );
  const isTaken = [...dues.values()].some(({ kind }) => kind === 'message');
  for (const [subscription, due] of dues) {
    if (isTaken && due.kind === 'refused' && due.reason === parkingReasons.unknownType)
      dues.delete(subscription);
  }
  return dues;
}

class ExpiredError extends Error {
  constructor(timestamp: number) {
    super(
      `the message is of ${new Date(timestamp).toISOString()}, older than processed messages are remembered, so it may have been processed: look, then replay or discard it`,
    );
    this.name = 'ExpiredError';
  }
}

function decode(
  subscription: Subscription,
  message: ReceivedMessage,
): ReceivedMessage | { reason: string; error: Error } {
  if (subscription.decode === undefined) return message;
  try {
    const { key, type, value, headers } = message;
    const decoded = subscription.decode({ key, type, value, headers });
    if ('park' in decoded) return { reason: decoded.park, error: new Error(decoded.error) };
    return { ...message, value: decoded.value };
  } catch (thrown) {
    const error = new Error(`the decoder of ${subscription.handler} threw: ${asError(thrown).message}`, {
      cause: thrown,
    });
    return { reason: parkingReasons.schemaViolation, error };
  }
}
