import type { CallHandler } from '@nestjs/common';
import { lastValueFrom } from 'rxjs';
import { deferred } from '../engine/deferred.js';
import { type LeasedOperation, runInLeasedOperation } from '../leased/leased-operation.js';
import { runInTransaction, type Transaction } from '../transaction.js';
import { withOperation } from './current-operation.decorator.js';
import { type Method, withEntry } from './entry.js';

/** How a granted handler is called. */
type Call = (method: Method, args: readonly unknown[]) => unknown;

/**
 * What a handler's own interceptors see in place of a value when the handler does not run, because its operation was
 * answered before, runs elsewhere or was refused. What they make of it is not looked at.
 */
export class HandlerSkippedError extends Error {
  override readonly name = 'HandlerSkippedError';
  readonly code = 'handler-skipped';
  constructor() {
    super(
      'The handler was not run: its key has an answer already, or is in flight, or could not be claimed.',
    );
  }
}

/** One run through the handler's own interceptors, its pipes and, once it is granted, the handler. */
export class HandlerRun {
  private readonly arrival = deferred<readonly unknown[]>();
  private readonly permission = deferred<Call>();
  private permitted = false;
  /** What the handler's interceptors made of what it answered. */
  readonly value: Promise<unknown>;

  constructor(next: CallHandler) {
    const entry = {
      enter: async (method: Method, args: readonly unknown[]): Promise<unknown> => {
        this.arrival.resolve(args);
        const call = await this.permission.promise;
        return call(method, args);
      },
    };
    this.permission.promise.catch(ignore);
    this.value = lastValueFrom(
      withEntry(entry, () => next.handle()),
      { defaultValue: undefined },
    );
    this.value.catch(ignore);
  }

  /** The handler's arguments once it got there; `undefined` when it settled before: a pipe or an interceptor did it. */
  entered(): Promise<readonly unknown[] | undefined> {
    const settled = this.value.then(
      () => undefined,
      () => undefined,
    );
    return Promise.race([this.arrival.promise, settled]);
  }

  grant(transaction: Transaction): void {
    this.permit((method, args) => runInTransaction(transaction, () => method(...withOperation(args))));
  }

  grantLeased(operation: LeasedOperation): void {
    this.permit((method, args) =>
      runInLeasedOperation(operation, () => method(...withOperation(args, operation))),
    );
  }

  /** Lets it run outside of any claim: the route takes requests without a key. */
  pass(): void {
    this.permit((method, args) => method(...withOperation(args)));
  }

  /** Has no effect on a run that was granted. */
  deny(): void {
    if (!this.permitted) this.permission.reject(new HandlerSkippedError());
  }

  private permit(call: Call): void {
    this.permitted = true;
    this.permission.resolve(call);
  }
}

/** A run of a method that only makes the input of a group: there is nothing to wait for at its entry. */
export class InputRun {
  /** The method's arguments; `undefined` when a pipe or an interceptor settled it before. */
  args: readonly unknown[] | undefined;
  /** What the handler's interceptors made of what it answered. */
  readonly value: Promise<unknown>;

  constructor(next: CallHandler) {
    const entry = {
      enter: (method: Method, args: readonly unknown[]): unknown => {
        this.args = args;
        return method(...withOperation(args));
      },
    };
    this.value = lastValueFrom(
      withEntry(entry, () => next.handle()),
      { defaultValue: undefined },
    );
  }
}

/** Whoever awaits the promise itself hears of its rejection. */
function ignore(): void {}
