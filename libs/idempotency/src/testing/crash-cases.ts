import { fail } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Case } from './case.js';
import { type Aim, crashKinds } from './crash.js';
import { aimAt, type CrashPoint, crashPoints } from './crash-points.js';
import { CrashSuite, type CrashTarget, type Instance, interpose } from './crash-suite.js';
import { Stragglers } from './stragglers.js';

/**
 * Crashes your operation at every point of the protocol, retries as a client does, and checks that it had one effect
 * and that everybody heard one answer.
 *
 * ```ts
 * for (const { name, run } of crashCases(target)) it(name, run);
 * ```
 */
export function crashCases<App extends Instance>(target: CrashTarget<App>): Case[] {
  const suite = new TransactionSuite(target);
  return [
    { name: 'has one effect and repeats its answer when nothing goes wrong', run: () => suite.undisturbed() },
    { name: 'awaits every statement of the handler', run: () => suite.stragglers() },
    { name: 'has one effect when two instances are asked at once', run: () => suite.race() },
    ...crashKinds.flatMap((kind) =>
      crashPoints.map((point) => ({
        name: `has one effect and one answer when ${kind} ${point}`,
        run: () => (point === 'in the effect' ? suite.crashInParts(point, kind) : suite.crash(point, kind)),
      })),
    ),
  ];
}

class TransactionSuite<App extends Instance> extends CrashSuite<App, CrashPoint> {
  protected readonly executed = 'by the engine';
  protected readonly partless =
    'The handler sent nothing over the connection of its operation: its writes are not part of the transaction. Write through the DataSource or the pool that the engine uses, or through the transaction that the handler is given.';

  protected aim(point: CrashPoint, nth?: number): Aim {
    return aimAt(point, nth);
  }

  protected async succeed(survivor: App, key: string, point: CrashPoint): Promise<void> {
    const stored = point === 'after the commit, before its answer' ? 1 : 0;
    await this.expectEffects(survivor, key, stored, `after the process died ${point}`);
    const answer = await this.ask(survivor, key);
    await this.expectEffects(survivor, key, 1, `after the retry of what died ${point}`);
    await this.expectSameAnswer(survivor, key, answer);
  }

  async stragglers(): Promise<void> {
    const key = randomUUID();
    await this.using(async (app) => {
      const stragglers = new Stragglers();
      const takeAway = interpose(app, stragglers);
      await this.ask(app, key).finally(takeAway);
      const [late] = stragglers.found;
      if (late !== undefined)
        fail(`The handler returned before a statement of its own was answered; await it: ${late}`);
      await this.expectEffects(
        app,
        key,
        1,
        'although the handler had returned: does it await all that it writes?',
      );
    });
  }
}
