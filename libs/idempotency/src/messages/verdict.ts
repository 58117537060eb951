import type { Outcome } from '../operation.js';
import { isTransient } from '../sqlstate.js';

/** What the transport shall do with a message. */
export type Verdict =
  | { readonly kind: 'done' }
  /** Keep it and everything behind it of its key; try again after a while. */
  | { readonly kind: 'retry'; readonly error: Error }
  /** Put it aside for good, with a reason, and go on. */
  | { readonly kind: 'park'; readonly reason: string; readonly error: Error };

/** An error by which a handler has its message put aside with a reason of its own. Nothing is recorded for its key. */
export class ParkError extends Error {
  override readonly name = 'ParkError';
  readonly disposition = 'park';
  /** @param code the reason, e.g. `unknown-order` */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export function verdictOf(outcome: Outcome): Verdict {
  switch (outcome.kind) {
    case 'executed':
    case 'replayed':
      return { kind: 'done' };
    case 'in-flight':
      return { kind: 'retry', error: new Error('This message is being processed elsewhere at this moment.') };
    case 'mismatched':
      return {
        kind: 'park',
        reason: 'idempotency-key-reused',
        error: new Error('A message of this type and key with another payload was processed before.'),
      };
    case 'failed':
      return verdictOnFailure(outcome.error);
  }
}

function verdictOnFailure(error: Error): Verdict {
  if (error instanceof ParkError) return { kind: 'park', reason: error.code, error };
  return isTransient(error) ? { kind: 'retry', error } : { kind: 'park', reason: 'failed', error };
}
