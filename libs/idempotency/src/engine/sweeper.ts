import type { Connection, ConnectionSource } from '../connection.js';
import { asError } from '../errors.js';
import { lockNamesOf } from '../identity.js';
import { sweepExpiredKeys } from '../sql/sweep-expired-keys.js';
import { sweepLag } from '../sql/sweep-lag.js';
import { sweepSteps } from '../sql/sweep-steps.js';
import type { EngineObserver } from './observer.js';

export interface SweeperOptions {
  /** How often to look for expired keys, in milliseconds; 0: never, somebody else calls sweep(). */
  readonly interval: number;
  /** Seconds that a key is kept beyond its life. */
  readonly grace: number;
  /** Keys deleted by one statement, one transaction. */
  readonly batch: number;
}

export const defaultSweeperOptions: SweeperOptions = { interval: 60_000, grace: 60, batch: 500 };

const turn = lockNamesOf({ scope: 'semel', key: 'sweeper', fingerprint: '', input: undefined }).lock;

/** Removes recorded steps whose operation was forgotten, batch by batch. */
export async function forgetStraySteps(connection: Connection, batch: number): Promise<void> {
  for (;;) {
    const { rows } = await connection.run(sweepSteps(batch));
    if ((rows[0]?.swept ?? 0) < batch) return;
  }
}

/**
 * Forgets keys whose life is over, in small autocommitted batches beside traffic. Every process has one; a lock that is
 * tried, not waited for, lets one of them work at a time.
 */
export class Sweeper {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = true;

  constructor(
    private readonly connections: ConnectionSource,
    private readonly observer: EngineObserver,
    private readonly options: SweeperOptions = defaultSweeperOptions,
  ) {}

  start(): void {
    if (!this.stopped || this.options.interval === 0) return;
    this.stopped = false;
    this.schedule();
  }

  /** Resolves when the batch under way is done. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /**
   * Sweeps until nothing expired is left, or it is another process's turn.
   *
   * @returns how many keys were forgotten
   */
  async sweep(): Promise<number> {
    const connection = await this.connections.connect();
    try {
      let total = 0;
      for (;;) {
        const { rows } = await connection.run(sweepExpiredKeys(turn, this.options.grace, this.options.batch));
        const { mine, swept, abandoned } = rows[0] ?? { mine: false, swept: 0, abandoned: 0 };
        total += swept;
        if (swept > 0) this.observer.swept?.(swept);
        if (abandoned > 0) this.observer.abandoned?.(abandoned);
        if (swept < this.options.batch) {
          if (mine) await forgetStraySteps(connection, this.options.batch);
          break;
        }
      }
      const { rows } = await connection.run(sweepLag(this.options.grace));
      this.observer.sweepLag?.(rows[0]?.lag ?? 0);
      connection.release();
      return total;
    } catch (error) {
      connection.release(asError(error));
      throw error;
    }
  }

  private schedule(): void {
    // Spread, so that the processes of a service don't all ask at once.
    const delay = this.options.interval * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => {
      this.running = this.sweep()
        .then(() => undefined)
        // The database is away: the lag says so, and the next turn comes.
        .catch(() => undefined)
        .finally(() => {
          if (!this.stopped) this.schedule();
        });
    }, delay);
    this.timer.unref();
  }
}
