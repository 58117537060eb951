/** An event that no consumer could take: refused at append, where its author can still mend it. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
  readonly code = 'invalid-event';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** A module option is not usable. Thrown at start, never later. */
export class OutboxOptionsError extends Error {
  override readonly name = 'OutboxOptionsError';
  readonly code = 'outbox-options';
  constructor(option: string, value: unknown, cure: string) {
    super(`Outbox option "${option}" is ${shown(value)}: ${cure}`);
  }
}

/** A send was not acknowledged in time. Its connections are cut: nothing of it reaches the broker from now on. */
export class SendDeadlineError extends Error {
  override readonly name = 'SendDeadlineError';
  readonly code = 'send-deadline';
  constructor(milliseconds: number) {
    super(
      `Kafka did not acknowledge within ${milliseconds} ms; the connection was cut and the events will be sent again.`,
    );
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}
