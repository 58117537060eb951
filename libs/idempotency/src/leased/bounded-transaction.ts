import type { ConnectionSource } from '../connection.js';
import { connectWithin } from '../engine/connect-within.js';
import { Deadline, within } from '../engine/deadline.js';
import { CommitInDoubtError, OpenTransaction } from '../engine/open-transaction.js';
import { IdempotencyUnavailableError } from '../errors.js';
import type { Statement } from '../statement.js';

/**
 * Runs `work` with a transaction on a connection of its own. What `work` has neither committed nor rolled back when it
 * fails, or when the time is up (the connection may hang), is rolled back.
 *
 * @throws CommitInDoubtError when it is not known whether the COMMIT was carried out
 */
export async function inBoundedTransaction<Result>(
  connections: ConnectionSource,
  milliseconds: number,
  work: (transaction: OpenTransaction) => Promise<Result>,
): Promise<Result> {
  const until = performance.now() + milliseconds;
  const transaction = new OpenTransaction(await connectWithin(connections, milliseconds));
  return bounded(transaction, Math.max(1, until - performance.now()), () => work(transaction));
}

/** The same for a transaction that was opened before. */
export async function bounded<Result>(
  transaction: OpenTransaction,
  milliseconds: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const why = `The database did not answer within ${milliseconds} ms.`;
  const deadline = new Deadline(milliseconds, () => {
    if (!transaction.isSettled) {
      const error = new IdempotencyUnavailableError(why);
      transaction.abandon(error);
      return error;
    }
    const doubt = new CommitInDoubtError(why);
    transaction.abandonCommit(doubt);
    return doubt;
  });
  try {
    return await deadline.race(work());
  } catch (error) {
    await transaction.rollback();
    throw error;
  } finally {
    deadline.stop();
  }
}

/** Runs one statement that is a transaction of its own. */
export async function runAutocommitted<Row extends object>(
  connections: ConnectionSource,
  statement: Statement<Row>,
  milliseconds: number,
): Promise<Row[]> {
  const until = performance.now() + milliseconds;
  const connection = await connectWithin(connections, milliseconds);
  const answer = connection.run(statement).catch((error: unknown) => ({ error }));
  const result = await within(answer, Math.max(1, until - performance.now()));
  if (result !== undefined && 'rows' in result) {
    connection.release();
    return result.rows;
  }
  const error = new IdempotencyUnavailableError(
    result ? 'A statement failed.' : `The database did not answer within ${milliseconds} ms.`,
    { cause: result?.error },
  );
  connection.release(error);
  throw error;
}
