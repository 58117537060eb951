import { Inject, Injectable } from '@nestjs/common';
import { type HealthIndicatorFunction, HealthIndicatorService } from '@nestjs/terminus';
import { Drain } from '../lifecycle/drain.js';
import type { Log } from '../logs/log.js';
import { LOG } from '../logs/log-token.js';

/** Passes where it returns or resolves, fails where it throws or rejects. */
export type ReadinessCheck = () => unknown;

const CHECK_TIMEOUT_MS = 2_000;

/** What must work for this process to serve: apps add a check for each thing that they depend on. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private readonly failing = new Set<string>();

  constructor(
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(Drain) private readonly drain: Drain,
    @Inject(LOG) private readonly log: Log,
  ) {}

  add(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** For terminus: one indicator a check, and one that fails from the moment that stopping begins. */
  indicatorFunctions(): HealthIndicatorFunction[] {
    const accepting: HealthIndicatorFunction = () => {
      const indicator = this.indicators.check('accepting-requests');
      return this.drain.signal.aborted ? indicator.down({ reason: 'shutting down' }) : indicator.up();
    };
    return [
      accepting,
      ...[...this.checks].map(
        ([name, check]) =>
          () =>
            this.run(name, check),
      ),
    ];
  }

  private async run(name: string, check: ReadinessCheck) {
    const indicator = this.indicators.check(name);
    try {
      await withinTime(check);
      if (this.failing.delete(name)) this.log.info({ check: name }, 'ready again');
      return indicator.up();
    } catch (error) {
      // Said once, not at each poll.
      if (!this.failing.has(name)) this.log.warn({ check: name, err: error }, 'not ready');
      this.failing.add(name);
      return indicator.down();
    }
  }
}

async function withinTime(check: ReadinessCheck): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([Promise.resolve().then(check), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
