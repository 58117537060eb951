import { createParamDecorator } from '@nestjs/common';
import { LeasedOperationRequiredError } from '../errors.js';
import type { LeasedOperation } from '../leased/leased-operation.js';

// Nest makes a handler's arguments before its key is claimed: until then this stands in the operation's place.
const placeholder = Symbol('semel:operation');

/** The LeasedOperation of an `@Idempotent({ leased: true })` route, as a parameter of its handler. */
export const CurrentOperation = createParamDecorator(() => placeholder);

/** @throws LeasedOperationRequiredError where a handler asks for an operation and is executed without a lease */
export function withOperation(args: readonly unknown[], operation?: LeasedOperation): unknown[] {
  return args.map((arg) => {
    if (arg !== placeholder) return arg;
    if (!operation) throw new LeasedOperationRequiredError();
    return operation;
  });
}
