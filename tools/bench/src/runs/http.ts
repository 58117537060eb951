import type { Figure } from '../report/report.js';
import { type OrderSubject, RunningSubject } from './order-subjects.js';
import type { Run } from './run.js';

const subjects: readonly OrderSubject[] = [
  { name: 'order', writes: 'orders and keys' },
  { name: 'empty-handler', baseline: 'empty-handler' },
  { name: 'plain-typeorm', baseline: 'plain-typeorm', writes: 'orders' },
  { name: 'textbook-table', baseline: 'textbook-table', writes: 'orders and keys' },
  { name: 'idempotent-typeorm', baseline: 'idempotent-typeorm', writes: 'orders and keys' },
];

/** POST /orders with new keys: ours, the ceiling, and what others write. Relay and Inventory rest, as do the baselines'. */
export const http: Run = async (stage, { seconds, rounds, warmUpSeconds }) => {
  const running: RunningSubject[] = [];
  for (const subject of subjects) running.push(await RunningSubject.start(stage, subject));
  for (const subject of running) {
    stage.say(`warming up ${subject.subject.name}`);
    if (warmUpSeconds > 0) await subject.load('warm-up', { connections: 64, seconds: warmUpSeconds });
  }
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with another one, so that no subject always follows the same neighbour.
    for (let turn = 0; turn < running.length; turn += 1) {
      const subject = running[(turn + round) % running.length];
      const { sample } = (await subject?.load('many', { connections: 64, seconds })) ?? {};
      stage.say(`round ${round + 1}: ${subject?.subject.name} ${Math.round(sample?.perSecond ?? 0)}/s`);
    }
    for (const subject of running.filter(
      ({ subject: { name } }) => name === 'order' || name === 'plain-typeorm',
    )) {
      await subject.load('one', { connections: 1, seconds: Math.max(1, seconds / 2) });
    }
  }
  const of = (name: string, kind: 'many' | 'one' = 'many') => {
    const found = running.find(({ subject }) => subject.name === name);
    if (!found) throw new Error(`There is no subject ${name}.`);
    return found.measured(kind).median;
  };
  const order = of('order');
  const plain = of('plain-typeorm');
  const atLeast = (what: string, value: number, target: number): Figure => ({
    what,
    value,
    target,
    bound: 'at least',
  });
  return {
    run: 'http',
    seconds,
    measured: [
      ...running.map((subject) => subject.measured('many')),
      ...['order', 'plain-typeorm'].map((name) => ({
        ...(running.find(({ subject }) => subject.name === name)?.measured('one') ?? never()),
        name: `${name}, one connection`,
      })),
    ],
    figures: [
      atLeast('POST /orders against the plain service', order.perSecond / plain.perSecond, 5),
      atLeast('against the empty handler', order.perSecond / of('empty-handler').perSecond, 0.6),
      atLeast('against the textbook table', order.perSecond / of('textbook-table').perSecond, 8),
      {
        what: 'its p99 against the plain service',
        value: order.p99 / plain.p99,
        target: 1,
        bound: 'at most',
      },
      {
        what: 'one connection: p50 against the plain service',
        value: of('order', 'one').p50 / of('plain-typeorm', 'one').p50,
        target: 1,
        bound: 'at most',
      },
      atLeast(
        'plain @Idempotent() handler against the plain service',
        of('idempotent-typeorm').perSecond / plain.perSecond,
        0.85,
      ),
    ],
    exactness: (await Promise.all(running.map((subject) => subject.exactness()))).flat(),
  };
};

function never(): never {
  throw new Error('A subject is missing.');
}
