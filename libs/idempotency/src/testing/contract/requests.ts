import type { Policy } from './policy.js';
import { expectOutcome, type Trial } from './trial.js';

export const requestPolicies: readonly Policy[] = [
  {
    name: 'refuses the key for another body',
    check: (trial) => refuses(trial, { body: '{"other":1}' }),
  },
  {
    name: 'refuses the key for another route',
    check: async (trial) => {
      await refuses(trial, { path: '/orders' });
      await refuses(trial, { method: 'PUT' });
    },
  },
  {
    name: 'refuses the key for another request also while the first one runs elsewhere',
    check: async (trial) => {
      const held = trial.held();
      const running = trial.engine().execute([trial.operation()], held.effect);
      await held.started;
      try {
        const other = trial.operation({ body: '{"other":1}' });
        expectOutcome(await trial.once(trial.engine(), other), 'mismatched');
      } finally {
        held.release();
        await running;
      }
      await trial.expectEffects(['k'], 'after another request was refused');
    },
  },
  {
    name: 'keeps the keys of callers apart',
    check: async (trial) => {
      const engine = trial.engine();
      expectOutcome(await trial.once(engine, trial.operation()), 'executed');
      expectOutcome(await trial.once(engine, trial.operation({ caller: trial.bob })), 'executed');
      await trial.expectEffects(['k', 'k'], 'after two callers used one key');
    },
  },
];

async function refuses(trial: Trial, other: Parameters<Trial['operation']>[0]): Promise<void> {
  await trial.ask(trial.engine(), trial.operation());
  expectOutcome(await trial.once(trial.engine(), trial.operation(other)), 'mismatched');
  await trial.expectEffects(['k'], 'after another request was refused');
}
