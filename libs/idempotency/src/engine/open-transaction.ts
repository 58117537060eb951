import { type Connection, type ResultsOf, runAll } from '../connection.js';
import { asError, CommitRefusedError, TransactionSettledError } from '../errors.js';
import { isConnectionLoss, sqlstate, sqlstateOf } from '../sqlstate.js';
import type { Statement } from '../statement.js';
import type { Transaction } from '../transaction.js';

/** The connection was lost after COMMIT had been sent: it may have been carried out or not. */
export class CommitInDoubtError extends Error {
  override readonly name = 'CommitInDoubtError';
}

const begin: Statement = { text: 'BEGIN ISOLATION LEVEL READ COMMITTED' };
const commit: Statement = { text: 'COMMIT' };
const markClaimed: Statement = { text: 'SAVEPOINT semel_claimed' };
const undoToClaimed: Statement = { text: 'ROLLBACK TO SAVEPOINT semel_claimed' };

/** A transaction on one connection, from BEGIN to its end, with the hooks that wait for its commit. */
export class OpenTransaction implements Transaction {
  private settled = false;
  private hooks: (() => void)[] = [];
  private savepoints = 0;

  constructor(readonly connection: Connection) {}

  /** Whether it has been committed, rolled back or abandoned. */
  get isSettled(): boolean {
    return this.settled;
  }

  /**
   * BEGIN, the claiming statements and a savepoint behind them, in one round trip where possible. Locks have to be
   * taken before the savepoint: rolling back to it would let go of later ones.
   */
  async open<const S extends readonly Statement[]>(statements: S): Promise<ResultsOf<S>> {
    const [, ...results] = await runAll(this.connection, [begin, ...statements, markClaimed]);
    return results as unknown as ResultsOf<S>;
  }

  /** More claiming statements; the savepoint moves behind them. */
  async claimMore(statements: readonly Statement[]): Promise<void> {
    this.assertOpen();
    await runAll(this.connection, [...statements, markClaimed]);
  }

  /** Back to where the claims were had: all writes and hooks since then vanish, the claims stay. */
  async undo(): Promise<void> {
    await this.query(undoToClaimed);
    this.hooks = [];
  }

  async query<Row extends object>(statement: Statement<Row>): Promise<Row[]> {
    this.assertOpen();
    return (await this.connection.run(statement)).rows;
  }

  afterCommit(hook: () => void): void {
    this.assertOpen();
    this.hooks.push(hook);
  }

  /** Runs `work`; when it throws, its writes and hooks vanish while the locks and everything before it stay. */
  async undoable<Result>(work: () => Promise<Result>): Promise<Result> {
    const name = `semel_${++this.savepoints}`;
    const hooksBefore = this.hooks.length;
    await this.query({ text: `SAVEPOINT ${name}` });
    try {
      const result = await work();
      await this.query({ text: `RELEASE SAVEPOINT ${name}` });
      return result;
    } catch (error) {
      this.hooks.length = hooksBefore;
      await this.query({ text: `ROLLBACK TO SAVEPOINT ${name}` });
      throw error;
    }
  }

  /**
   * Sends the last statement and COMMIT, in one round trip where possible.
   *
   * @returns the rows of the last statement
   * @throws CommitInDoubtError when the connection was lost before the acknowledgement
   * @throws CommitRefusedError when COMMIT answered ROLLBACK, which raises no error by itself
   * @throws any error of the statement or of the COMMIT: a definite rollback
   */
  async commit<Row extends object>(last: Statement<Row>): Promise<Row[]> {
    this.assertOpen();
    this.settled = true;
    try {
      const [{ rows }, { command }] = await runAll(this.connection, [last, commit]);
      if (command !== 'COMMIT') throw new CommitRefusedError();
      this.connection.release();
      return rows;
    } catch (error) {
      if (isConnectionLoss(error)) {
        this.connection.release(asError(error));
        throw new CommitInDoubtError('The acknowledgement of COMMIT was lost.', { cause: error });
      }
      await this.endFailed();
      throw sqlstateOf(error) === sqlstate.inFailedTransaction
        ? new CommitRefusedError({ cause: error })
        : error;
    }
  }

  /** What is left of a COMMIT that was never answered. */
  abandonCommit(reason: Error): void {
    this.connection.release(reason);
  }

  /** After the COMMIT: nothing that a hook does can change what was committed, so its errors are its own. */
  runHooks(): void {
    for (const hook of this.hooks) {
      try {
        hook();
      } catch (error) {
        process.emitWarning(asError(error), 'SemelAfterCommitHook');
      }
    }
    this.hooks = [];
  }

  /** Ends the transaction without a trace. Never throws: a connection that can't roll back is destroyed. */
  async rollback(): Promise<void> {
    if (this.settled) return;
    this.settled = true;
    await this.endFailed();
  }

  /** Ends it at once, whatever the handler is doing: the server rolls back when the connection is gone. */
  abandon(reason: Error): void {
    if (this.settled) return;
    this.settled = true;
    this.connection.release(reason);
  }

  private async endFailed(): Promise<void> {
    try {
      await this.connection.run({ text: 'ROLLBACK' });
      this.connection.release();
    } catch (error) {
      this.connection.release(asError(error));
    }
  }

  private assertOpen(): void {
    if (this.settled) throw new TransactionSettledError();
  }
}
