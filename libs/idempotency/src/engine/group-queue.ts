import { asError, CallerGoneError, IdempotencyUnavailableError, OverloadedError } from '../errors.js';
import type { Operation, Outcome } from '../operation.js';
import { type Deferred, deferred } from './deferred.js';
import type { Effect } from './effect.js';
import type { Engine } from './engine.js';

export interface GroupLimits {
  /** Operations in one group, one transaction. At most 500: each holds locks in the cluster's shared lock table. */
  readonly size: number;
  /** Bytes of requests in one group; a larger request goes alone. */
  readonly bytes: number;
  /** Groups of one handler in flight at a time. Each handler has its own, so that none waits for another's. */
  readonly inFlight: number;
  /** Operations that may wait; one more is refused at once. */
  readonly waiting: number;
  /** Bytes of requests that may wait. */
  readonly waitingBytes: number;
}

export const defaultGroupLimits: GroupLimits = {
  size: 64,
  bytes: 4 * 1024 * 1024,
  inFlight: 2,
  waiting: 2_000,
  waitingBytes: 64 * 1024 * 1024,
};

interface Waiting<Input> {
  readonly operation: Operation<Input>;
  readonly outcome: Deferred<Outcome>;
  readonly since: number;
}

/**
 * Group commit: operations that have to wait anyway are claimed, executed and recorded together. There is no timer: a
 * lone operation goes at once, and a group is what gathered while the earlier ones were in flight.
 */
export class GroupQueue<Input> {
  private readonly queue: Waiting<Input>[] = [];
  private readonly limits: GroupLimits;
  private waitingBytes = 0;
  private inFlight = 0;
  private patience: NodeJS.Timeout | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly effect: Effect<Input>,
    limits: Partial<GroupLimits> = {},
  ) {
    this.limits = { ...defaultGroupLimits, ...limits };
  }

  get size(): number {
    return this.queue.length;
  }

  submit(operation: Operation<Input>): Promise<Outcome> {
    // Its key is in this process or its answer remembered: the engine tells without a place in the queue.
    if (this.engine.flights.find(operation) || this.engine.replays.mayKnow(operation)) {
      return this.alone(operation);
    }
    if (this.isFull(operation)) return Promise.resolve({ kind: 'failed', error: new OverloadedError() });
    this.engine.flights.depart(operation);
    const outcome = deferred<Outcome>();
    this.queue.push({ operation, outcome, since: performance.now() });
    this.waitingBytes += bytesOf(operation);
    this.pump();
    if (this.queue.length > 0) this.awaitPatience();
    this.observeQueue();
    return outcome.promise;
  }

  private async alone(operation: Operation<Input>): Promise<Outcome> {
    const [outcome] = await this.engine.execute([operation], this.effect);
    return outcome ?? { kind: 'failed', error: new Error('The engine answered nothing.') };
  }

  private isFull(operation: Operation): boolean {
    const { waiting, waitingBytes } = this.limits;
    if (this.queue.length === 0) return false;
    return this.queue.length >= waiting || this.waitingBytes + bytesOf(operation) > waitingBytes;
  }

  /** One timer for the whole queue: all have the same patience, so the oldest one's ends first. */
  private awaitPatience(): void {
    if (this.patience) return;
    const [oldest] = this.queue;
    if (!oldest) return;
    const { claimTimeout } = this.engine.options;
    this.patience = setTimeout(
      () => {
        this.patience = undefined;
        const late = this.queue.filter(({ since }) => performance.now() - since >= claimTimeout);
        this.queue.splice(0, late.length);
        this.observeQueue();
        const error = new IdempotencyUnavailableError(`No group had a place within ${claimTimeout} ms.`);
        for (const waiting of late) this.refuse(waiting, error);
        this.awaitPatience();
      },
      Math.ceil(oldest.since + claimTimeout - performance.now()),
    );
    // What waits here waits for groups in flight: they keep the process alive, and behind them nothing has to.
    this.patience.unref();
  }

  private refuse({ operation, outcome }: Waiting<Input>, error: Error): void {
    const failed: Outcome = { kind: 'failed', error };
    this.waitingBytes -= bytesOf(operation);
    this.engine.flights.land(operation, failed);
    outcome.resolve(failed);
  }

  private observeQueue(): void {
    this.engine.options.observer.queued?.(this.queue.length);
  }

  private pump(): void {
    while (this.inFlight < this.limits.inFlight) {
      const group = this.nextGroup();
      if (group.length === 0) return;
      void this.run(group);
    }
  }

  /** The longest waiting, up to the limits. Whoever hung up is dropped here: before the group starts, never after. */
  private nextGroup(): Waiting<Input>[] {
    const group: Waiting<Input>[] = [];
    let bytes = 0;
    let taken = 0;
    for (const waiting of this.queue) {
      const weight = bytesOf(waiting.operation);
      if (group.length === this.limits.size || (group.length > 0 && bytes + weight > this.limits.bytes))
        break;
      taken += 1;
      if (waiting.operation.isWanted?.() === false) {
        this.refuse(waiting, new CallerGoneError());
        continue;
      }
      this.waitingBytes -= weight;
      bytes += weight;
      group.push(waiting);
    }
    this.queue.splice(0, taken);
    return group;
  }

  private async run(group: readonly Waiting<Input>[]): Promise<void> {
    this.inFlight += 1;
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
      this.observeQueue();
    }
  }
}

function bytesOf({ bytes = 0 }: Operation): number {
  return bytes;
}
