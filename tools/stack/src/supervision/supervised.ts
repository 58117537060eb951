import { setTimeout as delay } from 'node:timers/promises';
import type { Launch, Running, State, Watched } from './running.js';

export interface SupervisedOptions {
  readonly name: string;
  readonly launch: Launch;
  /** A line for the person who watches. */
  readonly say: (line: string) => void;
  /** After each change of state or pid. */
  readonly onChange?: () => void;
  /** How often in a row it may end before it was ever ready until start() gives up. */
  readonly attempts?: number;
  /** The pause before attempt n+1 when n in a row ended before they were ready, in milliseconds. */
  readonly backOff?: (failures: number) => number;
}

/** Half a second, doubled each time, at most five. */
export function doubling(failures: number): number {
  return Math.min(5_000, 500 * 2 ** (failures - 1));
}

/**
 * Keeps one server running: one that had become ready and dies is started again at once; one that dies before it was
 * ready is started again after a pause.
 */
export class Supervised implements Watched {
  readonly name: string;
  state: State = 'stopped';
  pid: number | undefined;
  port: number | undefined;
  private readonly stopping = new AbortController();
  private running: Running | undefined;
  private loop: Promise<void> = Promise.resolve();
  private restartAsked = false;

  constructor(private readonly options: SupervisedOptions) {
    this.name = options.name;
  }

  /** Resolves when it is ready for the first time. @throws what the last attempt threw, when it never gets there */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.loop = this.keep(resolve, reject);
    });
  }

  /** Stops it and lets the supervision start it again: its program has changed. */
  async restart(): Promise<void> {
    this.restartAsked = true;
    await this.running?.stop();
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.stopping.abort();
    if (this.running !== undefined) {
      this.become('stopping', this.pid);
      await this.running.stop();
    }
    await this.loop;
    this.become('stopped', undefined);
  }

  private get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async keep(onReady: () => void, onGivenUp: (error: unknown) => void): Promise<void> {
    const { launch, say, backOff = doubling, attempts = 5 } = this.options;
    let failures = 0;
    let everReady = false;
    while (!this.isStopping) {
      this.become(everReady ? 'restarting' : 'starting', undefined);
      try {
        this.running = await launch({
          signal: this.stopping.signal,
          onSpawn: (pid, port) => {
            this.port = port;
            this.become(this.state, pid);
          },
        });
      } catch (error) {
        if (this.isStopping) break;
        failures += 1;
        this.become('failed', undefined);
        if (!everReady && failures >= attempts) {
          onGivenUp(error);
          return;
        }
        const pause = backOff(failures);
        say(`${messageOf(error)} Next attempt in ${pause / 1_000} s.`);
        await this.pause(pause);
        continue;
      }
      failures = 0;
      if (everReady) say(`${this.name} is ready again (pid ${this.running.pid ?? '-'}).`);
      everReady = true;
      this.become('ready', this.running.pid);
      onReady();
      const how = await this.running.exited;
      this.running = undefined;
      if (this.isStopping) break;
      if (!this.restartAsked) say(`${this.name} (pid ${this.pid ?? '-'}) died: ${how}. Starting it again.`);
      this.restartAsked = false;
    }
    // Whoever still waits for its first readiness has asked for the stop himself.
    onReady();
  }

  private async pause(milliseconds: number): Promise<void> {
    try {
      await delay(milliseconds, undefined, { signal: this.stopping.signal });
    } catch (error) {
      if (!this.isStopping) throw error;
    }
  }

  private become(state: State, pid: number | undefined): void {
    this.state = state;
    this.pid = pid;
    this.options.onChange?.();
  }
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /[.!?)]$/.test(message) ? message : `${message}.`;
}
