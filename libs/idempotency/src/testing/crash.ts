import { deferred } from '../engine/deferred.js';
import type { Interposer, Line } from './line.js';

export const crashKinds = [
  /** Nothing of the program goes on and all its connections are gone: SIGKILL, power, an evicted pod. */
  'the process dies',
  /** The program lives on and hears that its connection is gone: a fail-over, a network, pg_terminate_backend. */
  'the connection is lost',
] as const;

export type CrashKind = (typeof crashKinds)[number];

/**
 * Aims at one statement of an operation. Asked for each statement of one connection, in order: whether to strike before
 * it is sent, or after it was answered.
 */
export type Aim = () => (text: string) => 'before' | 'after' | undefined;

/** Whoever still waits inside a process that died hears this when all checks are made, so that its frames unwind. */
class ProcessDiedError extends Error {
  override readonly name = 'ProcessDiedError';
  constructor() {
    super('This process was crashed by the suite: none of its statements reaches the database any more.');
  }
}

/**
 * Strikes one operation at one point, once. A process that died neither sends nor hears anything from then on, so the
 * engine needs no hook: to its code the answer simply never comes.
 */
export class Crash implements Interposer {
  private readonly strike = deferred<void>();
  private readonly funeral = deferred<never>();
  private readonly cuts = new Set<() => void>();
  private struck = false;
  private dead = false;

  constructor(
    readonly kind: CrashKind,
    private readonly aim: Aim,
  ) {
    this.funeral.promise.catch(() => undefined);
  }

  /** Resolves when the point was reached. */
  get happened(): Promise<void> {
    return this.strike.promise;
  }

  get hasHappened(): boolean {
    return this.struck;
  }

  /** Lets what waits inside the dead process end, with an error, so that it can be put away. */
  bury(): void {
    this.funeral.reject(new ProcessDiedError());
  }

  line(cut: () => void): Line {
    this.cuts.add(cut);
    if (this.dead) cut();
    const line = { lost: false };
    const aimedAt = this.aim();

    const fall = (): Promise<never> => {
      this.struck = true;
      this.strike.resolve();
      if (this.kind === 'the process dies') {
        this.dead = true;
        for (const each of this.cuts) each();
        return this.funeral.promise;
      }
      line.lost = true;
      cut();
      return Promise.reject(connectionLost());
    };

    const pass = async <Result>(text: string, deliver: () => Promise<Result>): Promise<Result> => {
      if (this.dead) return this.funeral.promise;
      if (line.lost) throw connectionLost();
      const strikes = this.struck ? undefined : aimedAt(text);
      if (strikes === 'before') return fall();
      let result: Result;
      try {
        result = await deliver();
      } catch (error) {
        if (this.dead) return this.funeral.promise;
        throw error;
      }
      if (this.dead) return this.funeral.promise;
      return strikes === 'after' && !this.struck ? fall() : result;
    };

    return {
      send: (text, deliver) => {
        const sent = pass(text, deliver);
        // Whoever awaits it hears of it. Nobody may be left to do so: what the dead forgot is no unhandled rejection.
        sent.catch(() => undefined);
        return sent;
      },
    };
  }
}

/** As node-postgres says it. */
function connectionLost(): Error {
  return Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
}
