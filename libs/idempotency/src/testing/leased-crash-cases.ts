import { deepEqual, equal, fail, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Case } from './case.js';
import { type Aim, crashKinds } from './crash.js';
import { CrashSuite, type CrashTarget, type Instance } from './crash-suite.js';
import { poolOf } from './interpose.js';
import { aimAtLeased, type LeasedCrashPoint, leasedCrashPoints } from './leased-crash-points.js';

/** A leased operation, as the suite uses it. Its `send` gives the key itself as the operation's idempotency key. */
export interface LeasedCrashTarget<App extends Instance> extends CrashTarget<App> {
  /**
   * What the outside world was asked for the request: the downstream idempotency key of each call, repeated ones
   * included. Let a server of your tests, or a table, keep them.
   */
  calls(app: App, key: string): Promise<readonly string[]>;
}

const inSteps: readonly LeasedCrashPoint[] = [
  'in a step, after its effect and before its record',
  'after the record of a step',
];

/**
 * Crashes your leased operation at every point of its protocol, lets its lease end, retries as a client does, and checks
 * that it had one effect, that everybody heard one answer, and that the outside world was asked again only where that
 * can't be helped, with the same downstream key.
 *
 * ```ts
 * for (const { name, run } of leasedCrashCases(target)) it(name, run);
 * ```
 */
export function leasedCrashCases<App extends Instance>(target: LeasedCrashTarget<App>): Case[] {
  const suite = new LeasedSuite(target);
  return [
    {
      name: 'calls once, has one effect and repeats its answer when nothing goes wrong',
      run: () => suite.undisturbed(),
    },
    { name: 'has one effect when two instances are asked at once', run: () => suite.race() },
    ...crashKinds.flatMap((kind) =>
      leasedCrashPoints.map((point) => ({
        name: `has one effect and one answer when ${kind} ${point}`,
        run: () => (inSteps.includes(point) ? suite.crashInParts(point, kind) : suite.crash(point, kind)),
      })),
    ),
  ];
}

class LeasedSuite<App extends Instance> extends CrashSuite<App, LeasedCrashPoint, LeasedCrashTarget<App>> {
  protected readonly executed = 'under a lease';
  protected readonly partless =
    'The operation took no step: what it asks of the outside world is not recorded, and a retry asks again. Ask inside of operation.step().';
  /** How many different calls the operation makes. */
  private calls: Promise<number> | undefined;

  protected aim(point: LeasedCrashPoint, nth?: number): Aim {
    return aimAtLeased(point, nth);
  }

  protected override expectBesides(app: App, key: string, when: string): Promise<void> {
    return this.expectCalls(app, key, 0, when);
  }

  protected async succeed(survivor: App, key: string, point: LeasedCrashPoint): Promise<void> {
    const when = `after the process died ${point}`;
    if (point === 'before the claim is committed') {
      deepEqual(
        await this.target.calls(survivor, key),
        [],
        `The outside world was asked too early, ${when}.`,
      );
    } else if (point === 'after the completion, before its answer') {
      await this.expectEffects(survivor, key, 1, when);
    } else {
      const early = await this.once(survivor, key);
      ok('again' in early, `The operation was answered while its owner's lease lasts, ${when}.`);
      await this.endLease(survivor, key);
    }
    const answer = await this.ask(survivor, key);
    await this.expectEffects(survivor, key, 1, `after the retry of what died ${point}`);
    await this.expectSameAnswer(survivor, key, answer);
    const repeated = point === 'in a step, after its effect and before its record' ? 1 : 0;
    await this.expectCalls(survivor, key, repeated, when);
  }

  /** By the only clock that counts; nobody waits half a minute for it. */
  private async endLease(app: App, key: string): Promise<void> {
    for (const database of [app.database].flat()) {
      const pool = poolOf(database);
      const { rows } = await pool.query("SELECT to_regclass('idempotency_key') IS NOT NULL AS known");
      if (!rows[0]?.known) continue;
      const { rowCount } = await pool.query(
        "UPDATE idempotency_key SET leased_until = clock_timestamp() WHERE key = $1 AND status = 'Received' AND leased_until IS NOT NULL",
        [key],
      );
      if (rowCount) return;
    }
    fail(`No lease is stored under the key ${key}: let send() give the key itself as the idempotency key.`);
  }

  /** @param repeated how many calls may have been made again */
  private async expectCalls(app: App, key: string, repeated: number, when: string): Promise<void> {
    const expected = await this.differentCalls();
    const calls = await this.target.calls(app, key);
    const different = new Set(calls).size;
    equal(
      different,
      expected,
      `The outside world was given ${different} downstream keys instead of ${expected}, ${when}: give it the step's own key.`,
    );
    ok(
      calls.length <= expected + repeated,
      `The outside world was asked ${calls.length} times instead of ${expected}, ${when}.`,
    );
  }

  private differentCalls(): Promise<number> {
    this.calls ??= this.using(async (app) => {
      const key = randomUUID();
      await this.ask(app, key);
      const calls = await this.target.calls(app, key);
      ok(calls.length > 0, 'The outside world was not asked: such an operation needs no lease.');
      return new Set(calls).size;
    });
    return this.calls;
  }
}
