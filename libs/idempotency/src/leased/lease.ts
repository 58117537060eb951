import { LeaseLostError } from '../errors.js';
import type { Held } from '../sql/hold-lease.js';
import type { LeaseTimes } from './lease-times.js';

/** The right to work on one operation, as far as this process can know of it. */
export class Lease implements Held {
  private readonly controller = new AbortController();
  private readonly lost = new Promise<never>((_, reject) => {
    this.signal.addEventListener('abort', () => reject(this.signal.reason), { once: true });
  });
  /** By this process's monotonic clock: no later than by the database's, for it counts from before the asking. */
  private over: number;

  constructor(
    readonly scope: string,
    readonly key: string,
    readonly operationId: string,
    readonly fence: string,
    readonly times: LeaseTimes,
    asked: number,
  ) {
    this.over = asked + times.lease * 1_000;
    // Whoever waits hears of it; when nobody does, it is no unhandled rejection.
    this.lost.catch(() => undefined);
  }

  /** Aborted, with a LeaseLostError as its reason, when the operation is no longer this process's. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Milliseconds until the lease is over unless it is extended; 0 once it is lost. */
  get left(): number {
    return this.signal.aborted ? 0 : Math.max(0, this.over - performance.now());
  }

  /** @param asked when the heartbeat was sent, by performance.now() */
  extended(asked: number): void {
    this.over = Math.max(this.over, asked + this.times.lease * 1_000);
  }

  lose(why: string): LeaseLostError {
    const error = new LeaseLostError(why);
    this.controller.abort(error);
    return error;
  }

  /** @throws LeaseLostError */
  check(): void {
    this.signal.throwIfAborted();
  }

  /** @throws LeaseLostError as soon as the lease is lost, whatever `work` still does */
  race<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.lost]);
  }
}
