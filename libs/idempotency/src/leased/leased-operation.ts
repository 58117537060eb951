import { Ambient } from '../ambient.js';
import type { ConnectionSource } from '../connection.js';
import { connectWithin } from '../engine/connect-within.js';
import { needsNewTransaction } from '../engine/effect.js';
import { OpenTransaction } from '../engine/open-transaction.js';
import { asError, LeasedOperationRequiredError, StepRefusedError } from '../errors.js';
import type { Operation } from '../operation.js';
import { ambientTransaction, runInTransaction, type Transaction } from '../transaction.js';
import { bounded } from './bounded-transaction.js';
import { derivedKey } from './derived-key.js';
import type { Lease } from './lease.js';
import type { StepRecords } from './step-records.js';

/** How often a transaction is done that the database rolled back: a deadlock, a lost connection. */
const maxTries = 4;

/** What a step is called with. */
export interface StepCall {
  /** The derived key of this step: give it to the other side as its idempotency key. */
  readonly key: string;
  /** Aborted when the operation is no longer this process's: give it to whatever waits. */
  readonly signal: AbortSignal;
}

/** An operation that is executed under a lease, as its handler sees it. */
export class LeasedOperation<Input = unknown> {
  private readonly running = new Map<string, Promise<unknown>>();
  private finishing: OpenTransaction | undefined;
  private finished = false;
  private over = false;
  /** Whether anything outside may know of this operation. */
  private begun = false;

  constructor(
    private readonly operation: Operation<Input>,
    private readonly lease: Lease,
    private readonly records: StepRecords,
    private readonly connections: ConnectionSource,
    private readonly limits: { readonly claimTimeout: number; readonly operationTimeout: number },
  ) {}

  get scope(): string {
    return this.operation.scope;
  }

  get key(): string {
    return this.operation.key;
  }

  get input(): Input {
    return this.operation.input;
  }

  /** The number of this turn: whoever takes the operation over has a higher one. No two operations share one. */
  get fence(): bigint {
    return BigInt(this.lease.fence);
  }

  /** Aborted, with a LeaseLostError as its reason, when the operation is no longer this process's. */
  get signal(): AbortSignal {
    return this.lease.signal;
  }

  /** The downstream idempotency key for `name`: the same for every owner of this operation, after every restart. */
  keyFor(name: string): string {
    return derivedKey(this.operation, checked(name));
  }

  /**
   * Calls the outside world once, as far as the outside world lets it: what `work` answers is recorded, and from then
   * on answered without calling again, whoever continues the operation. Should the process die between the call and
   * its record, the successor calls again with the same `key`.
   *
   * @param name names the step inside this operation, at most 255 characters; the order of steps does not matter
   * @param work answers a JSON value: first owner and successors are given what JSON keeps of it, at most 1 MiB
   * @throws LeaseLostError when the operation is no longer this process's; StepRefusedError; whatever `work` throws
   */
  async step<Result>(name: string, work: (call: StepCall) => Promise<Result>): Promise<Result> {
    return this.once(name, async () => {
      this.begun = true;
      const result = await this.lease.race(work({ key: this.keyFor(name), signal: this.signal }));
      return this.records.commit(name, async () => result, Number.POSITIVE_INFINITY);
    });
  }

  /**
   * Writes to the database once: `work` runs in a transaction that commits together with the record of the step, and
   * only while the lease is held. TypeORM's repositories join it as in any other handler, and so does the outbox.
   *
   * @param work may run again where its transaction was rolled back
   * @throws as `step`
   */
  async write<Result>(name: string, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.once(name, () => this.records.commit(name, work, maxTries));
  }

  /**
   * The last writes of the handler: they commit together with the stored answer, or not at all. Nothing may follow but
   * the answer. A refusal (4xx) that is thrown afterwards undoes them.
   *
   * @throws StepRefusedError when it was called before; whatever `work` throws
   */
  async finish<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    this.checkFree('finish');
    this.finished = true;
    for (let tries = 1; ; tries += 1) {
      this.lease.check();
      const transaction = new OpenTransaction(
        await connectWithin(this.connections, this.limits.claimTimeout),
      );
      try {
        const result = await bounded(transaction, this.limits.operationTimeout, async () => {
          await transaction.open([]);
          return runInTransaction(transaction, () => work(transaction));
        });
        if (this.over) await this.abandon(transaction);
        this.finishing = transaction;
        return result;
      } catch (error) {
        if (tries >= maxTries || !needsNewTransaction(asError(error))) throw error;
      }
    }
  }

  /** The engine has gone on without these writes: who lost the lease, or failed beside them, has no use for them. */
  private async abandon(transaction: OpenTransaction): Promise<never> {
    await transaction.rollback();
    this.lease.check();
    throw new StepRefusedError('finish', 'the handler had ended before it was done. Await it.');
  }

  /**
   * For the engine, whose work is over: the transaction that `finish` left open, to be committed with the answer or rolled
   * back. One that is still being written is rolled back as soon as it is left.
   */
  takeFinishing(): OpenTransaction | undefined {
    this.over = true;
    const transaction = this.finishing;
    this.finishing = undefined;
    return transaction;
  }

  /** For the engine: whether another request may have the key when this run fails. */
  get leftNothing(): boolean {
    return !this.begun && this.records.size === 0 && this.lease.fence === this.lease.operationId;
  }

  private async once<Result>(name: string, take: () => Promise<Result>): Promise<Result> {
    if (this.records.has(checked(name))) return this.records.read(name);
    this.checkFree(name);
    this.lease.check();
    // A map can't tie a name to the type of its step's result; one name, one type is the handler's to keep.
    const same = this.running.get(name) as Promise<Result> | undefined;
    if (same !== undefined) return same;
    const taking = take();
    this.running.set(name, taking);
    try {
      return await taking;
    } finally {
      this.running.delete(name);
    }
  }

  private checkFree(name: string): void {
    if (this.finished)
      throw new StepRefusedError(name, 'finish() was called before it, and has to be the last.');
    if (ambientTransaction()) {
      throw new StepRefusedError(
        name,
        'it was taken inside a transaction (of write(), of finish(), of another operation), which may be rolled back after it. Take it outside.',
      );
    }
  }
}

function checked(name: string): string {
  if (typeof name === 'string' && name.length >= 1 && name.length <= 255 && !name.includes('\0')) return name;
  throw new StepRefusedError(
    String(name).slice(0, 255),
    'a name is a text of 1 to 255 characters without NUL.',
  );
}

const ambient = new Ambient<LeasedOperation>();

/**
 * The leased operation that the current async context belongs to.
 *
 * @throws LeasedOperationRequiredError outside of one
 */
export function requireLeasedOperation(): LeasedOperation {
  const operation = ambient.get();
  if (!operation) throw new LeasedOperationRequiredError();
  return operation;
}

export function runInLeasedOperation<Result>(operation: LeasedOperation, work: () => Result): Result {
  return ambient.run(operation, work);
}
