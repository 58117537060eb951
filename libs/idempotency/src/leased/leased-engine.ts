import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ConnectionSource } from '../connection.js';
import type { Engine } from '../engine/engine.js';
import { asError, Refusal } from '../errors.js';
import { sameRequest } from '../fingerprint.js';
import type { Answer, Operation, Outcome, StoredAnswer } from '../operation.js';
import { lookUpKeys } from '../sql/look-up-keys.js';
import { forgetLease, lapseLease } from '../sql/release-lease.js';
import { runAutocommitted } from './bounded-transaction.js';
import { claimLease, type GrantedLease } from './claim-lease.js';
import { completeOperation } from './complete-operation.js';
import { Heartbeat } from './heartbeat.js';
import { Lease } from './lease.js';
import { type LeaseTimes, leaseTimes } from './lease-times.js';
import { LeasedOperation, runInLeasedOperation } from './leased-operation.js';
import { StepRecords } from './step-records.js';

/** Work that calls the outside world; it answers what is stored and replayed. */
export type LeasedWork<Input> = (operation: LeasedOperation<Input>) => Promise<Answer>;

/** How long to ask for what became of a lost operation, or to give a lease back; milliseconds. */
const farewellTimeout = 2_000;

/**
 * Executes operations whose effect is not in the database: the claim is committed first, as a lease, so that no
 * transaction is open while the outside world is called. What a dead owner had recorded is not done again.
 */
export class LeasedEngine {
  private readonly heartbeat: Heartbeat;
  private readonly process = `${hostname()}/${process.pid}`;

  /** @param engine claims without a lease exclude those with one: both share its flights, its gauge and its options */
  constructor(
    private readonly connections: ConnectionSource,
    private readonly engine: Engine,
    private readonly defaults: Partial<LeaseTimes> = {},
  ) {
    this.heartbeat = new Heartbeat(connections);
  }

  /**
   * Claims the operation or continues an abandoned one, runs `work` under the lease, stores the answer.
   *
   * @returns its outcome. It never throws for what happens to the operation.
   */
  async execute<Input>(
    operation: Operation<Input>,
    work: LeasedWork<Input>,
    times: Partial<LeaseTimes> = {},
  ): Promise<Outcome> {
    const lease = leaseTimes({ ...this.defaults, ...times });
    this.engine.countInFlight(1);
    try {
      const outcome = await this.once(operation, work, lease);
      this.engine.options.observer.outcome?.(outcome.kind);
      return outcome;
    } finally {
      this.engine.countInFlight(-1);
    }
  }

  private async once<Input>(
    operation: Operation<Input>,
    work: LeasedWork<Input>,
    times: LeaseTimes,
  ): Promise<Outcome> {
    const { flights } = this.engine;
    for (let flight = flights.find(operation); flight; flight = flights.find(operation)) {
      const heard = await flights.hear(flight, operation);
      if (heard) return heard;
    }
    flights.depart(operation);
    let outcome: Outcome | undefined;
    try {
      outcome = await this.claimAndRun(operation, work, times);
    } catch (error) {
      outcome = { kind: 'failed', error: asError(error) };
    }
    flights.land(operation, outcome);
    return outcome;
  }

  private async claimAndRun<Input>(
    operation: Operation<Input>,
    work: LeasedWork<Input>,
    times: LeaseTimes,
  ): Promise<Outcome> {
    const { options, flights } = this.engine;
    const owner = `${this.process}/${randomUUID()}`;
    const started = performance.now();
    const claim = await claimLease(this.connections, operation, { owner, lease: times.lease }, options);
    options.observer.claimed?.(secondsSince(started), 1);
    if (claim.kind !== 'granted') return claim;
    flights.grant(operation);
    if (claim.takenOver) options.observer.takenOver?.();
    return this.run(operation, work, claim, times);
  }

  private async run<Input>(
    operation: Operation<Input>,
    work: LeasedWork<Input>,
    claim: GrantedLease,
    times: LeaseTimes,
  ): Promise<Outcome> {
    const { options } = this.engine;
    const { scope, key } = operation;
    const lease = new Lease(scope, key, claim.operation_id, claim.fence, times, claim.asked);
    this.heartbeat.keep(lease);
    const deadline = setTimeout(() => {
      this.heartbeat.drop(lease);
      lease.lose(`it took longer than its deadline of ${times.deadline} s`);
    }, times.deadline * 1_000);
    try {
      return { kind: 'executed', answer: await this.runUnder(lease, operation, work, claim) };
    } catch (thrown) {
      if (!lease.signal.aborted) return { kind: 'failed', error: asError(thrown) };
      options.observer.leaseLost?.();
      return await this.whatBecame(operation, lease);
    } finally {
      clearTimeout(deadline);
      this.heartbeat.drop(lease);
    }
  }

  private async runUnder<Input>(
    lease: Lease,
    operation: Operation<Input>,
    work: LeasedWork<Input>,
    claim: GrantedLease,
  ): Promise<StoredAnswer> {
    const { options } = this.engine;
    let leased: LeasedOperation<Input> | undefined;
    try {
      const { vault, operationTimeout } = options;
      const records = new StepRecords(
        this.connections,
        operation,
        lease,
        vault,
        operationTimeout,
        claim.steps,
      );
      leased = new LeasedOperation(operation, lease, records, this.connections, options);
      const executing = performance.now();
      const answer = await this.answer(lease, leased, work);
      options.observer.executed?.(secondsSince(executing), 1);
      const committing = performance.now();
      const finishing = leased.takeFinishing();
      const stored = await completeOperation(this.connections, operation, lease, answer, finishing, options);
      options.observer.committed?.(secondsSince(committing), 1);
      return stored;
    } catch (error) {
      await leased?.takeFinishing()?.rollback();
      await this.release(lease, leased?.leftNothing ?? false);
      throw error;
    }
  }

  private async answer<Input>(
    lease: Lease,
    leased: LeasedOperation<Input>,
    work: LeasedWork<Input>,
  ): Promise<Answer> {
    try {
      return await lease.race(runInLeasedOperation(leased, () => work(leased)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // As in any handler: a refusal is an answer, and the writes that would have come with another one vanish.
      await leased.takeFinishing()?.rollback();
      return error.answer;
    }
  }

  /**
   * Gives the lease back at once, so that a retry need not wait for its end. What is recorded stays: without it the
   * retry would do again what was done.
   */
  private async release(lease: Lease, leftNothing: boolean): Promise<void> {
    if (lease.signal.aborted) return;
    try {
      const statement = leftNothing ? forgetLease(lease) : lapseLease(lease);
      await runAutocommitted(this.connections, statement, farewellTimeout);
    } catch {
      // The database is away. Nobody extends the lease any more, so it ends by itself.
    }
  }

  /** The lease is gone: perhaps whoever took it over has an answer, perhaps he is at it, perhaps nobody is. */
  private async whatBecame(operation: Operation, lease: Lease): Promise<Outcome> {
    const error = asError(lease.signal.reason);
    try {
      const [row] = await runAutocommitted(this.connections, lookUpKeys([operation]), farewellTimeout);
      if (!row || row.expired || row.abandoned) return { kind: 'failed', error };
      if (!sameRequest(row.fingerprint, operation.fingerprint)) return { kind: 'mismatched' };
      if (row.status === 'Received')
        return row.fence === lease.fence ? { kind: 'failed', error } : { kind: 'in-flight' };
      const answer = { ...this.engine.options.vault.take(row, row), expiresAt: row.expires_at };
      return { kind: row.fence === lease.fence ? 'executed' : 'replayed', answer };
    } catch {
      // It can't be asked now: the loss itself is what there is to tell.
      return { kind: 'failed', error };
    }
  }
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1_000;
}
