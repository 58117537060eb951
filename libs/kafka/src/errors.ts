/** An option of the transport is unusable. The message names the option, its value and the cure. */
export class KafkaOptionsError extends Error {
  readonly code = 'kafka-options';

  constructor(option: string, value: unknown, cure: string) {
    super(`KafkaTransport option "${option}" is ${show(value)}: ${cure}.`);
    this.name = 'KafkaOptionsError';
  }
}

/** A topic and its handlers do not match. The message names both and the cure. */
export class KafkaHandlerError extends Error {
  readonly code = 'kafka-handler';

  constructor(message: string) {
    super(message);
    this.name = 'KafkaHandlerError';
  }
}

/** kafkajs gave up and will not restart its consumer: the process should end, so that its supervisor acts. */
export class ConsumerDiedError extends Error {
  readonly code = 'kafka-consumer-died';

  constructor(groupId: string, cause: Error) {
    super(
      `The Kafka consumer of group "${groupId}" died and does not restart by itself (${cause.message}): restart the process.`,
      { cause },
    );
    this.name = 'ConsumerDiedError';
  }
}

/** A topic may keep messages for longer than the inbox remembers that they were processed. */
export class KafkaRetentionError extends Error {
  readonly code = 'kafka-retention';

  constructor(topic: string, lifeMs: number, inboxRetentionMs: number, config: ReadonlyMap<string, string>) {
    const set = [...config].map(([name, value]) => `${name}=${value}`).join(', ');
    super(
      `Topic "${topic}" may keep a message for ${days(lifeMs)} (${set}), but that it was processed is remembered for ${days(inboxRetentionMs)}: ` +
        'read again, it would be processed again. Remember for longer than the topic keeps, or lower retention.ms or segment.ms of the topic.',
    );
    this.name = 'KafkaRetentionError';
  }
}

function days(milliseconds: number): string {
  if (milliseconds === Number.POSITIVE_INFINITY) return 'ever';
  const amount = milliseconds / 86_400_000;
  return amount >= 1 ? `${Number(amount.toFixed(1))} days` : `${Math.round(milliseconds / 1_000)} s`;
}

/** A handler of many answered something other than one verdict a message. */
export class VerdictsError extends Error {
  readonly code = 'kafka-verdicts';

  constructor(handler: string, expected: number, answer: unknown) {
    const got = Array.isArray(answer) ? `an array of ${answer.length}` : show(answer);
    super(`${handler} must answer one verdict a message, ${expected} in all, but answered ${got}.`);
    this.name = 'VerdictsError';
  }
}

/**
 * Nest's exception layer replaced the handler's error with `{ status: 'error', message: 'Internal server error' }`,
 * so nobody can tell a database that is down from a message that can't be processed: it is retried.
 */
export class HiddenErrorError extends Error {
  readonly code = 'kafka-hidden-error';

  constructor(handler: string) {
    super(
      `${handler} failed, and Nest's exception layer hid the error: declare the handler with @KafkaEvent() instead of @EventPattern().`,
    );
    this.name = 'HiddenErrorError';
  }
}

/** Anything may be thrown; from here on it is an Error. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
    return new Error(String(thrown.message), { cause: thrown });
  }
  return new Error(`a value was thrown that is no error: ${show(thrown)}`, { cause: thrown });
}

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'number')
    return String(value);
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    return 'a value that cannot be shown';
  }
}
