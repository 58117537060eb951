import { RunningSubject } from './order-subjects.js';
import type { Run } from './run.js';

/** Known keys, at most: enough that they aren't all of one transaction, few enough that a process may remember them. */
const mostKnown = 5_000;

/** POST /orders with keys whose answer is known, against the empty handler. */
export const replay: Run = async (stage, { seconds, rounds, warmUpSeconds, keys }) => {
  const known = Math.min(keys, mostKnown);
  const order = await RunningSubject.start(stage, { name: 'order-replays', writes: 'orders and keys' });
  const empty = await RunningSubject.start(stage, {
    name: 'empty-handler-replays',
    baseline: 'empty-handler',
  });
  const placed = await order.load('placing', {
    connections: Math.min(64, known),
    seconds: 600,
    requests: known,
  });
  if (warmUpSeconds > 0) {
    await order.replay('warm-up', placed.load.keys, { connections: 64, seconds: warmUpSeconds });
    await empty.load('warm-up', { connections: 64, seconds: warmUpSeconds });
  }
  let allReplayed = true;
  for (let round = 0; round < rounds; round += 1) {
    const { load, sample } = await order.replay('replays', placed.load.keys, { connections: 64, seconds });
    allReplayed &&= load.errors === 0 && load.replayed === load.sent;
    await empty.load('replays', { connections: 64, seconds });
    stage.say(`round ${round + 1}: replays ${Math.round(sample.perSecond)}/s`);
  }
  const [ours, ceiling] = [order.measured('replays'), empty.measured('replays')];
  const exactness = await order.exactness();
  return {
    run: 'replay',
    seconds,
    measured: [ours, ceiling],
    figures: [
      {
        what: 'replays of known keys against the empty handler',
        value: ours.median.perSecond / ceiling.median.perSecond,
        target: 0.7,
        bound: 'at least',
      },
    ],
    exactness: exactness.map((found) => ({ ...found, exact: found.exact && allReplayed })),
  };
};
