import { asError, OperationDeferredError, Refusal } from '../errors.js';
import type { EffectResult, Operation } from '../operation.js';
import { isConnectionLoss, isTransient, sqlstate, sqlstateOf } from '../sqlstate.js';
import { runInTransaction, type Transaction } from '../transaction.js';
import type { OpenTransaction } from './open-transaction.js';

/**
 * The work of one or more operations, inside the transaction of their claims. It answers one result an operation, in
 * order. An `Error` as a result lets that operation fail without the others, and must have written nothing.
 */
export type Effect<Input> = (
  operations: readonly Operation<Input>[],
  transaction: Transaction,
) => Promise<readonly EffectResult[]>;

/**
 * Runs the effect for the granted operations. When it throws, the group is split under savepoints until the culprit
 * stands alone, so that the others succeed; no answer leaves before the commit, so no half that ran twice is seen twice.
 *
 * @throws an error after which the whole transaction has to be done anew
 */
export async function runEffect<Input>(
  transaction: OpenTransaction,
  granted: readonly Operation<Input>[],
  effect: Effect<Input>,
): Promise<Map<Operation<Input>, EffectResult>> {
  const results = new Map<Operation<Input>, EffectResult>();
  const blocked = new Set<string>();

  const run = async (operations: readonly Operation<Input>[]): Promise<void> => {
    const answers = await runInTransaction(transaction, () => effect(operations, transaction));
    if (answers.length !== operations.length) {
      throw new RangeError(
        `The handler was given ${operations.length} operations and answered ${answers.length} results; it has to answer one for each, in order.`,
      );
    }
    answers.forEach((answer, index) => {
      const operation = operations[index];
      if (operation) results.set(operation, answer);
    });
  };

  const split = async (operations: readonly Operation<Input>[], error: Error): Promise<void> => {
    const [only] = operations;
    if (operations.length === 1 && only) {
      results.set(only, error instanceof Refusal ? error.answer : error);
      if (isTransient(error) && only.exclusion !== undefined) blocked.add(only.exclusion);
      return;
    }
    const middle = Math.ceil(operations.length / 2);
    for (const half of [operations.slice(0, middle), operations.slice(middle)]) await runHalf(half);
  };

  const runHalf = async (half: readonly Operation<Input>[]): Promise<void> => {
    // An event must not overtake an earlier one of its key that is still to be done.
    const free = half.filter(({ exclusion }) => exclusion === undefined || !blocked.has(exclusion));
    for (const operation of half)
      if (!free.includes(operation)) results.set(operation, new OperationDeferredError());
    if (free.length === 0) return;
    try {
      await transaction.undoable(() => run(free));
    } catch (thrown) {
      const error = asError(thrown);
      if (needsNewTransaction(error)) throw error;
      await split(free, error);
    }
  };

  try {
    await run(granted);
  } catch (thrown) {
    const error = asError(thrown);
    if (needsNewTransaction(error)) throw error;
    await transaction.undo();
    await split(granted, error);
  }
  return results;
}

/** Errors after which the transaction is over, or would fail again in the same snapshot of locks. */
export function needsNewTransaction(error: Error): boolean {
  const state = sqlstateOf(error);
  return (
    state === sqlstate.serializationFailure ||
    state === sqlstate.deadlockDetected ||
    state === sqlstate.outOfMemory ||
    isConnectionLoss(error)
  );
}
