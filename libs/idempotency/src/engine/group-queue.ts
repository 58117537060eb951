import { asError, IdempotencyUnavailableError, OverloadedError } from '../errors.js';
import type { Operation, Outcome } from '../operation.js';
import { type Deferred, deferred } from './deferred.js';
import type { Effect } from './effect.js';
import type { Engine } from './engine.js';

export interface GroupLimits {
  /** Operations in one group, one transaction. At most 500: each holds locks in the cluster's shared lock table. */
  readonly size: number;
  /** Groups in flight at a time. */
  readonly inFlight: number;
  /** Operations that may wait; one more is refused at once. */
  readonly waiting: number;
}

export const defaultGroupLimits: GroupLimits = { size: 64, inFlight: 2, waiting: 2_000 };

interface Waiting<Input> {
  readonly operation: Operation<Input>;
  readonly outcome: Deferred<Outcome>;
  /** Ends the waiting when no group has had a place for it in time. */
  readonly patience: NodeJS.Timeout;
}

/**
 * Group commit: operations that have to wait anyway are claimed, executed and recorded together. There is no timer: a
 * lone operation goes at once, and a group is what gathered while the earlier ones were in flight.
 */
export class GroupQueue<Input> {
  private readonly queue: Waiting<Input>[] = [];
  private inFlight = 0;

  constructor(
    private readonly engine: Engine,
    private readonly effect: Effect<Input>,
    private readonly limits: GroupLimits = defaultGroupLimits,
  ) {}

  get size(): number {
    return this.queue.length;
  }

  async submit(operation: Operation<Input>): Promise<Outcome> {
    // Its key is already in this process: the engine tells without a place in the queue.
    if (this.engine.flights.find(operation)) return this.alone(operation);
    if (this.queue.length >= this.limits.waiting) return { kind: 'failed', error: new OverloadedError() };
    this.engine.flights.depart(operation);
    const outcome = deferred<Outcome>();
    const patience = setTimeout(() => this.giveUp(operation), this.engine.options.claimTimeout);
    this.queue.push({ operation, outcome, patience });
    this.pump();
    return outcome.promise;
  }

  private async alone(operation: Operation<Input>): Promise<Outcome> {
    const [outcome] = await this.engine.execute([operation], this.effect);
    return outcome ?? { kind: 'failed', error: new Error('The engine answered nothing.') };
  }

  private giveUp(operation: Operation<Input>): void {
    const index = this.queue.findIndex((waiting) => waiting.operation === operation);
    const [late] = index < 0 ? [] : this.queue.splice(index, 1);
    if (!late) return;
    const { claimTimeout } = this.engine.options;
    const error = new IdempotencyUnavailableError(`No group had a place within ${claimTimeout} ms.`);
    const outcome: Outcome = { kind: 'failed', error };
    this.engine.flights.land(operation, outcome);
    late.outcome.resolve(outcome);
  }

  private pump(): void {
    while (this.queue.length > 0 && this.inFlight < this.limits.inFlight) {
      void this.run(this.queue.splice(0, this.limits.size));
    }
  }

  private async run(group: readonly Waiting<Input>[]): Promise<void> {
    this.inFlight += 1;
    for (const { patience } of group) clearTimeout(patience);
    const outcomes = new Map(group.map(({ operation, outcome }) => [operation, outcome]));
    try {
      await this.engine.execute(
        group.map(({ operation }) => operation),
        this.effect,
        (operation, outcome) => outcomes.get(operation)?.resolve(outcome),
      );
    } catch (error) {
      for (const { outcome } of group) outcome.resolve({ kind: 'failed', error: asError(error) });
    } finally {
      this.inFlight -= 1;
      this.pump();
    }
  }
}
