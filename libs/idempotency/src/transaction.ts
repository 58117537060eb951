import { Ambient } from './ambient.js';
import { TransactionRequiredError } from './errors.js';
import type { Statement } from './statement.js';

/**
 * The transaction in which an operation is claimed, executed and recorded. Whoever writes through it is part of the
 * operation: all of it becomes visible with one COMMIT, or none of it ever.
 */
export interface Transaction {
  /**
   * Runs one statement and answers its rows.
   * @throws TransactionSettledError once the transaction has been committed or rolled back
   */
  query<Row extends object>(statement: Statement<Row>): Promise<Row[]>;
  /**
   * Calls `hook` once PostgreSQL has acknowledged the COMMIT. Hooks of work that is rolled back are dropped. A hook is
   * a nudge (wake a relay, clear a cache): it can be lost with the process, so nothing may depend on it.
   */
  afterCommit(hook: () => void): void;
}

const ambient = new Ambient<Transaction>();

/** The transaction of the operation that the current async context belongs to, if any. */
export function ambientTransaction(): Transaction | undefined {
  return ambient.get();
}

/** @throws TransactionRequiredError outside of an operation */
export function requireTransaction(): Transaction {
  const transaction = ambient.get();
  if (!transaction) throw new TransactionRequiredError();
  return transaction;
}

export function runInTransaction<Result>(transaction: Transaction, work: () => Result): Result {
  return ambient.run(transaction, work);
}
