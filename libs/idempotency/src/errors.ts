import type { Answer } from './operation.js';

/** Work that must be part of an operation was called outside of one. */
export class TransactionRequiredError extends Error {
  override readonly name = 'TransactionRequiredError';
  readonly code = 'transaction-required';
  constructor() {
    super(
      'No operation is being executed here. Call this from inside an @Idempotent() handler or Idempotency.execute(), in a leased one inside operation.write() or operation.finish(), and await it there.',
    );
  }
}

/** A write came after its transaction had been committed or rolled back. */
export class TransactionSettledError extends Error {
  override readonly name = 'TransactionSettledError';
  readonly code = 'transaction-settled';
  constructor() {
    super('The transaction of this operation is over. Await every write before the handler returns.');
  }
}

/** COMMIT answered ROLLBACK: a statement of the handler had failed and its error was swallowed. */
export class CommitRefusedError extends Error {
  override readonly name = 'CommitRefusedError';
  readonly code = 'commit-refused';
  constructor(options?: ErrorOptions) {
    super(
      'PostgreSQL rolled the transaction back at COMMIT because a statement in it had failed. Let the error reach the engine instead of catching it, or run that statement inside dataSource.transaction().',
      options,
    );
  }
}

/** The idempotency store could not be asked, or a claim was not had in time. Nothing ran unprotected. */
export class IdempotencyUnavailableError extends Error {
  override readonly name = 'IdempotencyUnavailableError';
  readonly code = 'idempotency-unavailable';
  readonly transient = true;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** More operations wait than this process takes on. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
  readonly code = 'overloaded';
  readonly transient = true;
  constructor() {
    super('More operations wait than this process takes on. Try again after a moment.');
  }
}

/** Whoever asked for the operation hung up while it waited for its turn: it did not begin. */
export class CallerGoneError extends Error {
  override readonly name = 'CallerGoneError';
  readonly code = 'caller-gone';
  readonly transient = true;
  constructor() {
    super('The caller hung up before the operation began, so it was dropped. The key can be used again.');
  }
}

/** An operation outlived its deadline; its connection was destroyed, so nothing of it remains. */
export class OperationDeadlineError extends Error {
  override readonly name = 'OperationDeadlineError';
  readonly code = 'operation-deadline';
  readonly transient = true;
  constructor(milliseconds: number) {
    super(`The operation took longer than ${milliseconds} ms and was abandoned; nothing of it was stored.`);
  }
}

/** A leased operation is no longer this process's: its lease ran out or was taken over, or it took longer than it may. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  readonly code = 'lease-lost';
  readonly transient = true;
  constructor(why: string) {
    super(
      `The operation is no longer this process's: ${why}. Nothing more is recorded here; ask again with the same key, and it continues from its recorded steps.`,
    );
  }
}

/** A step was asked for outside of a leased operation. */
export class LeasedOperationRequiredError extends Error {
  override readonly name = 'LeasedOperationRequiredError';
  readonly code = 'leased-operation-required';
  constructor() {
    super(
      'No leased operation is being executed here. Call this from inside an @Idempotent({ leased: true }) handler or Idempotency.executeLeased().',
    );
  }
}

/** A step of a leased operation was used in a way that could not keep its promise. */
export class StepRefusedError extends Error {
  override readonly name = 'StepRefusedError';
  readonly code = 'step-refused';
  constructor(step: string, why: string) {
    super(`The step ${JSON.stringify(step)} was refused: ${why}`);
  }
}

/** An event of the same key before this one has to be done first. */
export class OperationDeferredError extends Error {
  override readonly name = 'OperationDeferredError';
  readonly code = 'operation-deferred';
  readonly transient = true;
  constructor() {
    super('An earlier operation of the same key is not done yet.');
  }
}

/**
 * An answer that refuses: thrown by a handler whose writes shall vanish while the refusal is stored and replayed like
 * any other answer.
 */
export class Refusal extends Error {
  override readonly name: string = 'Refusal';
  constructor(
    readonly answer: Answer,
    message = `Refused with status ${answer.status}`,
  ) {
    super(message);
  }
}

/** A stored answer can't be read: it fails closed, so the operation is not run again either. */
export class RecordUnreadableError extends Error {
  override readonly name = 'RecordUnreadableError';
  readonly code = 'record-unreadable';
  constructor(why: string, options?: ErrorOptions) {
    super(`The stored answer of this key can't be read: ${why}.`, options);
  }
}

/** Keys of a scope are still there after an erasure: operations are in flight, or new ones keep coming. */
export class ErasureIncompleteError extends Error {
  override readonly name = 'ErasureIncompleteError';
  readonly code = 'erasure-incomplete';
  constructor(
    readonly erased: number,
    readonly left: number,
  ) {
    super(
      `${erased} keys were erased and ${left} are still in use. Make sure that nobody uses the scope any more, then erase again.`,
    );
  }
}

/** A module or decorator option is not usable. */
export class IdempotencyOptionsError extends Error {
  override readonly name = 'IdempotencyOptionsError';
  readonly code = 'idempotency-options';
  constructor(option: string, value: unknown, cure: string, options?: ErrorOptions) {
    super(`Idempotency option "${option}" is ${describe(value)}: ${cure}`, options);
  }
}

function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'string') return JSON.stringify(value);
  return String(value);
}

/** Whatever was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
