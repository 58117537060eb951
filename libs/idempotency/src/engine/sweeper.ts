import type { ConnectionSource } from '../connection.js';
import { asError } from '../errors.js';
import { lockNamesOf } from '../identity.js';
import { sweepExpiredKeys } from '../sql/sweep-expired-keys.js';
import { sweepLag } from '../sql/sweep-lag.js';
import { forgetStraySteps } from './forget-stray-steps.js';
import type { EngineObserver } from './observer.js';
import { runAlone } from './run-alone.js';

export interface SweeperOptions {
  /** How often to look for expired keys, in milliseconds; 0: never, somebody else calls sweep(). */
  readonly interval: number;
  /** Seconds that a key is kept beyond its life. */
  readonly grace: number;
  /** Keys deleted by one statement, one transaction. */
  readonly batch: number;
}

export const defaultSweeperOptions: SweeperOptions = { interval: 60_000, grace: 60, batch: 500 };

const nothing = { mine: false, swept: 0, abandoned: 0 };

const turn = lockNamesOf({ scope: 'semel', key: 'sweeper', fingerprint: '', input: undefined }).lock;

/**
 * Forgets keys whose life is over, in small autocommitted batches beside traffic. Every process has one; a lock that is
 * tried, not waited for, lets one of them work at a time.
 */
export class Sweeper {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = true;
  private ending = false;

  constructor(
    private readonly connections: ConnectionSource,
    private readonly observer: EngineObserver,
    private readonly options: SweeperOptions = defaultSweeperOptions,
  ) {}

  start(): void {
    if (!this.stopped || this.options.interval === 0) return;
    this.stopped = false;
    this.ending = false;
    this.schedule();
  }

  /** Resolves when the batch under way is done. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.ending = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /**
   * Sweeps until nothing expired is left, or it is another process's turn.
   *
   * @returns how many keys were forgotten
   */
  async sweep(): Promise<number> {
    const { grace, batch } = this.options;
    let total = 0;
    for (;;) {
      const { mine, swept, abandoned } =
        (await runAlone(this.connections, sweepExpiredKeys(turn, grace, batch))) ?? nothing;
      total += swept;
      if (swept > 0) this.observer.swept?.(swept);
      if (abandoned > 0) this.observer.abandoned?.(abandoned);
      if (this.ending) break;
      if (swept < batch) {
        if (mine) await forgetStraySteps(this.connections, batch);
        break;
      }
    }
    this.observer.sweepLag?.((await runAlone(this.connections, sweepLag(grace)))?.lag ?? 0);
    return total;
  }

  private schedule(): void {
    // Spread, so that the processes of a service don't all ask at once.
    const delay = this.options.interval * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => {
      this.running = this.sweep()
        .then(
          () => undefined,
          (error: unknown) => this.observer.sweepFailed?.(asError(error)),
        )
        .finally(() => {
          if (!this.stopped) this.schedule();
        });
    }, delay);
    this.timer.unref();
  }
}
