import type { Effect } from '../../engine/effect.js';
import { IdempotencyUnavailableError, Refusal } from '../../errors.js';
import type { Policy } from './policy.js';
import { expectKinds, type Trial } from './trial.js';

export const groupPolicies: readonly Policy[] = [
  {
    name: 'lets only the culprits of a group fail',
    check: async (trial) => {
      const keys = ['a', 'bad', 'b', 'refused', 'c'];
      const outcomes = await trial.engine().execute(
        keys.map((key) => trial.operation({ key })),
        unless(trial, { bad: new RangeError('bad'), refused: new Refusal({ status: 422 }) }),
      );
      expectKinds(outcomes, ['executed', 'failed', 'executed', 'executed', 'executed']);
      await trial.expectEffects(['a', 'b', 'c'], 'after a group with culprits');
    },
  },
  {
    name: 'collapses the duplicates of a group and gives the key to the first of several requests',
    check: async (trial) => {
      const outcomes = await trial
        .engine()
        .execute(
          [
            trial.operation(),
            trial.operation(),
            trial.operation({ body: '{"other":1}' }),
            trial.operation({ key: 'l' }),
          ],
          trial.write,
        );
      expectKinds(outcomes, ['executed', 'replayed', 'mismatched', 'executed']);
      await trial.expectEffects(['k', 'l'], 'after a group with duplicates');
    },
  },
  {
    name: 'lets no operation overtake an earlier one of the same exclusion',
    check: async (trial) => {
      const events = ['placed', 'cancelled'].map((key) =>
        trial.operation({ key }, { exclusion: trial.alice }),
      );
      const other = trial.operation({ key: 'other' }, { exclusion: trial.bob });
      const busy = new IdempotencyUnavailableError('busy');
      const outcomes = await trial.engine().execute([...events, other], unless(trial, { placed: busy }));
      expectKinds(outcomes, ['failed', 'failed', 'executed']);
      await trial.expectEffects(['other'], 'while the earlier event is to be done');
    },
  },
];

/** Writes all, then throws for the first member that shall fail, as a set-based handler does. */
function unless(trial: Trial, errors: Readonly<Record<string, Error>>): Effect<string> {
  return async (operations, transaction) => {
    const answers = await trial.write(operations, transaction);
    for (const { input } of operations) if (errors[input]) throw errors[input];
    return answers;
  };
}
