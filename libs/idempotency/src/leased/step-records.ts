import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionSource } from '../connection.js';
import { needsNewTransaction } from '../engine/effect.js';
import { CommitInDoubtError, type OpenTransaction } from '../engine/open-transaction.js';
import type { Vault } from '../engine/vault.js';
import { asError, IdempotencyUnavailableError, StepRefusedError } from '../errors.js';
import { lengthPrefixed } from '../identity.js';
import type { Operation } from '../operation.js';
import { holdLease } from '../sql/hold-lease.js';
import { type RecordedStep, readSteps, recordStep } from '../sql/steps.js';
import { sqlstate, sqlstateOf } from '../sqlstate.js';
import { runInTransaction, type Transaction } from '../transaction.js';
import { inBoundedTransaction } from './bounded-transaction.js';
import type { Lease } from './lease.js';

/** What a step may answer at most, as JSON, in bytes. */
const maxResultBytes = 1024 * 1024;
/** Between two tries to record, milliseconds. */
const retryInterval = 50;

/** What an operation has done: the recorded steps of earlier owners and this one's. */
export class StepRecords {
  private readonly results = new Map<string, Buffer>();

  /** @throws RecordUnreadableError for a step that can't be opened */
  constructor(
    private readonly connections: ConnectionSource,
    private readonly operation: Operation,
    private readonly lease: Lease,
    private readonly vault: Vault,
    private readonly timeout: number,
    recorded: readonly RecordedStep[],
  ) {
    for (const step of recorded) this.results.set(step.name, this.open(step));
  }

  get size(): number {
    return this.results.size;
  }

  has(name: string): boolean {
    return this.results.has(name);
  }

  /** What the step answered when it was taken, whoever took it. */
  read<Result>(name: string): Result {
    const json = this.results.get(name) ?? Buffer.alloc(0);
    // An empty text stands for undefined, which JSON has no word for.
    return (json.length === 0 ? undefined : JSON.parse(json.toString())) as Result;
  }

  /**
   * Commits `work` together with the record of what it answers, under the lease. It is done again where it was rolled
   * back: a deadlock, a lost connection.
   *
   * @param tries how often, while the lease lasts
   * @throws LeaseLostError when nothing may be recorded any more; whatever else `work` throws
   */
  async commit<Result>(
    name: string,
    work: (transaction: Transaction) => Promise<Result>,
    tries: number,
  ): Promise<Result> {
    let inDoubt = false;
    for (let tried = 1; ; tried += 1) {
      this.lease.check();
      try {
        const timeout = Math.min(this.timeout, Math.max(1, this.lease.left));
        await inBoundedTransaction(this.connections, timeout, (transaction) =>
          this.attempt(transaction, name, work, inDoubt),
        );
        return this.read(name);
      } catch (thrown) {
        const error = asError(thrown);
        inDoubt ||= error instanceof CommitInDoubtError;
        // In doubt the row may be locked by the lost connection's transaction for longer than a statement may wait.
        const waiting = inDoubt && sqlstateOf(error) === sqlstate.lockNotAvailable;
        const again =
          error instanceof CommitInDoubtError ||
          error instanceof IdempotencyUnavailableError ||
          needsNewTransaction(error) ||
          waiting;
        if (!again || tried >= tries || this.lease.signal.aborted) throw error;
        await this.lease.race(pause(retryInterval));
      }
    }
  }

  private async attempt<Result>(
    transaction: OpenTransaction,
    name: string,
    work: (transaction: Transaction) => Promise<Result>,
    inDoubt: boolean,
  ): Promise<void> {
    await transaction.open([]);
    if (inDoubt && (await this.wasCommitted(transaction, name))) return transaction.rollback();
    const result = await runInTransaction(transaction, () => work(transaction));
    const json = jsonOf(name, result);
    await this.hold(transaction);
    await transaction.commit(recordStep(this.lease.operationId, this.lease.fence, this.seal(name, json)));
    this.results.set(name, json);
    transaction.runHooks();
  }

  /** A lost COMMIT's transaction holds the row until it is over: after it, the table knows. */
  private async wasCommitted(transaction: OpenTransaction, name: string): Promise<boolean> {
    await this.hold(transaction);
    const steps = await transaction.query(readSteps(this.lease.operationId));
    const step = steps.find((recorded) => recorded.name === name);
    if (step) this.results.set(name, this.open(step));
    return step !== undefined;
  }

  private async hold(transaction: OpenTransaction): Promise<void> {
    const [row] = await transaction.query(holdLease(this.lease));
    if (!row) throw this.lease.lose('its lease ran out and somebody else may have it');
  }

  private seal(name: string, json: Buffer): RecordedStep {
    const row = this.vault.put(this.identityOf(name), { status: 200, body: json });
    return { name, result: row.response_body ?? json, result_seal: row.response_seal };
  }

  private open({ name, result, result_seal }: RecordedStep): Buffer {
    const { body } = this.vault.take(this.identityOf(name), {
      response_status: 200,
      response_headers: null,
      response_body: result,
      response_seal: result_seal,
    });
    return body ?? Buffer.alloc(0);
  }

  /** What a sealed result belongs to: copied to another step or another use of the key, it does not open. */
  private identityOf(name: string): Pick<Operation, 'scope' | 'key' | 'fingerprint'> {
    const { scope, key, fingerprint } = this.operation;
    return { scope, key, fingerprint: lengthPrefixed([fingerprint, this.lease.operationId, name]) };
  }
}

function jsonOf(name: string, result: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(result) ?? '');
  if (json.length > maxResultBytes) {
    throw new StepRefusedError(
      name,
      `its result is ${json.length} bytes of JSON, more than ${maxResultBytes}. Answer only what the rest of the handler needs.`,
    );
  }
  return json;
}
