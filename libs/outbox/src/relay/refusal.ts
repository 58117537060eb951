import type { SetAsideReason } from '../sql/set-aside.js';

/**
 * Answers of a broker that will be the same however often the same events are sent. Everything else (an unreachable or
 * electing broker, too few replicas, a missing right on the whole cluster) is the cluster's trouble and not an event's:
 * it is waited out. Names from Kafka's protocol guide, "Error codes".
 */
const reasons: ReadonlyMap<string, SetAsideReason> = new Map([
  ['MESSAGE_TOO_LARGE', 'message-too-large'],
  ['RECORD_LIST_TOO_LARGE', 'message-too-large'],
  ['INVALID_TOPIC_EXCEPTION', 'invalid-topic'],
  ['TOPIC_AUTHORIZATION_FAILED', 'topic-forbidden'],
  ['UNKNOWN_TOPIC_OR_PARTITION', 'unknown-topic'],
  ['CORRUPT_MESSAGE', 'refused'],
  ['INVALID_TIMESTAMP', 'refused'],
  ['UNSUPPORTED_FOR_MESSAGE_FORMAT', 'refused'],
  ['POLICY_VIOLATION', 'refused'],
  ['INVALID_RECORD', 'refused'],
]);

/** Why the broker will never take what was sent, or undefined where trying again may help. */
export function refusalOf(error: unknown): SetAsideReason | undefined {
  const type = protocolErrorOf(error);
  return type === undefined ? undefined : reasons.get(type);
}

/** The name of the broker's answer, which kafkajs wraps once or twice; undefined where no broker answered. */
export function protocolErrorOf(error: unknown): string | undefined {
  let cause = error;
  for (let depth = 0; cause instanceof Error && depth < 5; depth += 1) {
    if ('type' in cause && typeof cause.type === 'string') return cause.type;
    cause = cause.cause;
  }
  return undefined;
}
