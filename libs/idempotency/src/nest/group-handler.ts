import type { Operation } from '../operation.js';
import type { Transaction } from '../transaction.js';

/** What a group handler answers for one operation; `body` becomes JSON. */
export interface GroupAnswer<Body = unknown> {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
}

/**
 * A handler of many operations at a time, with set-based SQL through `transaction`. It answers one result for each, in
 * order: an answer; an `HttpException` of 400 to 499 as a refusal that is stored like an answer; any other `Error`,
 * which lets that operation fail alone. For a refused or failed operation it must have written nothing. When it throws,
 * the group is split until the culprit stands alone.
 */
export interface GroupHandler<Input, Body = unknown> {
  execute(
    operations: readonly Operation<Input>[],
    transaction: Transaction,
  ): Promise<readonly (GroupAnswer<Body> | Error)[]>;
}
