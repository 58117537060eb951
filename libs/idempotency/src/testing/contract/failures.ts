import { deepEqual, equal } from 'node:assert/strict';
import type { Effect } from '../../engine/effect.js';
import { Refusal } from '../../errors.js';
import type { Policy } from './policy.js';
import { expectOutcome, type Trial } from './trial.js';

export const failurePolicies: readonly Policy[] = [
  {
    name: 'leaves nothing of an unexpected failure, and the key free',
    check: async (trial) => {
      const engine = trial.engine();
      expectOutcome(
        await trial.once(engine, trial.operation(), after(trial, new TypeError('a defect'))),
        'failed',
      );
      await trial.expectEffects([], 'after the handler had failed');
      expectOutcome(await trial.once(trial.engine(), trial.operation()), 'executed', trial.answer('k'));
    },
  },
  {
    name: 'stores a refusal without the writes and the hooks that came before it',
    check: async (trial) => {
      let hooks = 0;
      const refusal = { status: 409, headers: {}, body: Buffer.from('no') };
      const refuse: Effect<string> = async (operations, transaction) => {
        transaction.afterCommit(() => {
          hooks += 1;
        });
        return after(trial, new Refusal(refusal))(operations, transaction);
      };
      expectOutcome(await trial.once(trial.engine(), trial.operation(), refuse), 'executed', refusal);
      expectOutcome(await trial.once(trial.engine(), trial.operation()), 'replayed', refusal);
      await trial.expectEffects([], 'after the operation had been refused');
      equal(hooks, 0, 'A hook of undone work was called.');
    },
  },
  {
    name: 'runs hooks when the commit can be seen, and not before',
    check: async (trial) => {
      const seen: Promise<string[]>[] = [];
      const hooked: Effect<string> = async (operations, transaction) => {
        transaction.afterCommit(() => seen.push(trial.effects()));
        const answers = await trial.write(operations, transaction);
        // A hook that was called too early has looked before the COMMIT can go out.
        await Promise.all(seen);
        return answers;
      };
      expectOutcome(await trial.once(trial.engine(), trial.operation(), hooked), 'executed');
      deepEqual(await Promise.all(seen), [['k']], 'The hook was not called once, with the effect there.');
    },
  },
  {
    name: 'notices that a swallowed error rolled the transaction back',
    check: async (trial) => {
      const swallow: Effect<string> = async (operations, transaction) => {
        const answers = await trial.write(operations, transaction);
        await transaction.query({ text: 'SELECT 1/0' }).catch(() => undefined);
        return answers;
      };
      expectOutcome(await trial.once(trial.engine(), trial.operation(), swallow), 'failed');
      await trial.expectEffects([], 'after PostgreSQL had rolled back');
    },
  },
];

/** Writes, then throws. */
function after(trial: Trial, error: Error): Effect<string> {
  return async (operations, transaction) => {
    await trial.write(operations, transaction);
    throw error;
  };
}
