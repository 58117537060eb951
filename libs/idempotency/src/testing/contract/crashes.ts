import { ok } from 'node:assert/strict';
import { Crash, type CrashKind, crashKinds } from '../crash.js';
import { aimAt, type CrashPoint, crashPoints } from '../crash-points.js';
import type { Policy } from './policy.js';
import { expectOutcome, type Trial } from './trial.js';

export const crashPolicies: readonly Policy[] = crashKinds.flatMap((kind) =>
  crashPoints.map((point) => ({
    name: `has one effect and one answer when ${kind} ${point}`,
    check: (trial: Trial) => (kind === 'the process dies' ? die(trial, point) : lose(trial, kind, point)),
  })),
);

async function die(trial: Trial, point: CrashPoint): Promise<void> {
  const crash = new Crash('the process dies', aimAt(point));
  const executing = trial.engine(crash).execute([trial.operation()], trial.write);
  try {
    const ended = await Promise.race([crash.happened, executing]);
    ok(ended === undefined, `The operation never came to the point "${point}".`);
    const stored = point === 'after the commit, before its answer';
    await trial.expectEffects(stored ? ['k'] : [], `after the process died ${point}`);
    const retried = await trial.ask(trial.engine(), trial.operation());
    expectOutcome(retried, stored ? 'replayed' : 'executed', trial.answer('k'));
    await trial.expectEffects(['k'], `after the retry of what died ${point}`);
    expectOutcome(await trial.once(trial.engine(), trial.operation()), 'replayed', trial.answer('k'));
  } finally {
    crash.bury();
    await executing;
  }
}

/** The owner lives on, so he hears his own first answer. */
async function lose(trial: Trial, kind: CrashKind, point: CrashPoint): Promise<void> {
  const crash = new Crash(kind, aimAt(point));
  const [outcome] = await trial.engine(crash).execute([trial.operation()], trial.write);
  ok(crash.hasHappened, `The operation never came to the point "${point}".`);
  expectOutcome(outcome, 'executed', trial.answer('k'));
  await trial.expectEffects(['k'], `after the connection was lost ${point}`);
  expectOutcome(await trial.once(trial.engine(), trial.operation()), 'replayed', trial.answer('k'));
}
