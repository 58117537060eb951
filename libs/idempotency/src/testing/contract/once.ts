import { deepEqual, equal } from 'node:assert/strict';
import { within } from '../../engine/deadline.js';
import { deferred } from '../../engine/deferred.js';
import type { Effect } from '../../engine/effect.js';
import type { Policy } from './policy.js';
import { expectOutcome } from './trial.js';

/** How many ask at once, spread over as many engines as there are processes. */
const [askers, processes] = [12, 3];
/** How long an effect waits for another one to run beside it; milliseconds. */
const rendezvous = 250;

export const oncePolicies: readonly Policy[] = [
  {
    name: 'executes an operation once and replays its answer in another process, byte for byte',
    check: async (trial) => {
      const operation = trial.operation();
      const first = await trial.once(trial.engine(), operation);
      expectOutcome(first, 'executed', trial.answer('k'));
      const second = await trial.once(trial.engine(), operation);
      expectOutcome(second, 'replayed', trial.answer('k'));
      deepEqual(
        { ...second, kind: 'executed' },
        first,
        'A replay tells another expiry than the first answer.',
      );
      await trial.expectEffects(['k'], 'after a replay');
    },
  },
  {
    name: 'has one effect of many attempts at once',
    check: async (trial) => {
      // The first one waits for a second one, which there must not be.
      const met = deferred<void>();
      let running = 0;
      const slow: Effect<string> = async (operations, transaction) => {
        running += 1;
        if (running > 1) met.resolve();
        await within(met.promise, rendezvous);
        return trial.write(operations, transaction);
      };
      const engines = Array.from({ length: processes }, () => trial.engine());
      const outcomes = await Promise.all(
        Array.from({ length: askers / processes }, () => engines)
          .flat()
          .map((engine) => trial.ask(engine, trial.operation(), slow)),
      );
      await trial.expectEffects(['k'], `after ${askers} attempts at once`);
      equal(
        outcomes.filter(({ kind }) => kind === 'executed').length,
        1,
        'Not exactly one attempt executed.',
      );
      for (const outcome of outcomes) expectOutcome(outcome, outcome.kind, trial.answer('k'));
    },
  },
  ...[
    { where: 'in the same process', elsewhere: false },
    { where: 'in another process', elsewhere: true },
  ].map(
    ({ where, elsewhere }) =>
      ({
        name: `says in flight, at once, while the operation runs ${where}`,
        check: async (trial) => {
          const engine = trial.engine();
          const other = elsewhere ? trial.engine() : engine;
          const held = trial.held();
          const running = engine.execute([trial.operation()], held.effect);
          await held.started;
          try {
            expectOutcome(await trial.once(other, trial.operation()), 'in-flight');
          } finally {
            held.release();
            await running;
          }
          expectOutcome(await trial.once(other, trial.operation()), 'replayed', trial.answer('k'));
          await trial.expectEffects(['k'], 'after it was asked for twice');
        },
      }) satisfies Policy,
  ),
  {
    name: 'takes an expired key as new, once',
    check: async (trial) => {
      const engine = trial.engine();
      await trial.once(engine, trial.operation());
      await trial.expire();
      expectOutcome(await trial.once(trial.engine(), trial.operation({ body: '{"other":1}' })), 'executed');
      expectOutcome(await trial.once(engine, trial.operation({ body: '{"other":1}' })), 'replayed');
      await trial.expectEffects(['k', 'k'], 'after the key was used again');
    },
  },
];
