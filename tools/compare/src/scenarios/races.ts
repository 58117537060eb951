import { setTimeout as delay } from 'node:timers/promises';
import { judge, once, type Scenario, times, told } from './scenario.js';

const crowd = 25;
const leaseMs = 1_500;

/** Several requests at a time. */
export const races: readonly Scenario[] = [
  {
    promise: 'A duplicate of what is in flight is told so at once, with Retry-After',
    story: 'the same request while the first one is in its handler',
    async play(effect) {
      effect.gate.hold('before');
      const first = effect.send();
      await effect.gate.reached('before');
      const duplicate = await effect.send();
      effect.gate.release('before');
      await first;
      const count = await effect.happened();
      const when = duplicate.headers.get('retry-after');
      return judge(
        duplicate.status === 409 && when !== null && count === 1,
        `${told(duplicate.status)}, ${when === null ? 'no Retry-After' : `Retry-After: ${when}`}, effect ${times(count)}`,
      );
    },
  },
  {
    promise: 'Another request under a key in flight is refused for good, not told to wait',
    story: 'another body while the first one is in its handler',
    async play(effect) {
      effect.gate.hold('before');
      const first = effect.send({ body: effect.body({ amount: 1 }) });
      await effect.gate.reached('before');
      const other = await effect.send({ body: effect.body({ amount: 2 }) });
      effect.gate.release('before');
      await first;
      const count = await effect.happened();
      return judge(
        other.status >= 400 && other.status < 500 && other.status !== 409 && count === 1,
        `${told(other.status)}, effect ${times(count)}`,
      );
    },
  },
  {
    promise: `${crowd} at once make one effect, and all who retry get its answer`,
    story: `${crowd} of the same at once, each retried until it is answered`,
    play: (effect) => rush(effect, 1),
  },
  {
    promise: 'So they do against two instances',
    story: `${crowd} of the same at once, to two processes in turns`,
    instances: 2,
    play: (effect) => rush(effect, 2),
  },
  {
    promise: 'A handler that is slower than its lease does not make a second effect',
    story: `the handler is held for ${leaseMs + 1_000} ms, the lease is ${leaseMs} ms, a retry comes in between`,
    settings: { LEASE_MS: String(leaseMs) },
    async play(effect) {
      effect.gate.hold('before');
      const slow = effect.send();
      await effect.gate.reached('before');
      await delay(leaseMs + 1_000);
      effect.gate.letOthersPass('before');
      const retry = await effect.send();
      effect.gate.release('before');
      await slow;
      const last = await effect.insist();
      return once(effect, last.status, `meanwhile ${told(retry.status)}`);
    },
  },
];

async function rush(effect: Parameters<Scenario['play']>[0], instances: 1 | 2) {
  const replies = await Promise.all(
    Array.from({ length: crowd }, (_, index) =>
      effect.insist({ instance: instances === 2 && index % 2 === 1 ? 1 : 0 }, 30_000),
    ),
  );
  const count = await effect.happened();
  const bodies = new Set(replies.map(({ body }) => body));
  const statuses = new Map<number, number>();
  for (const { status } of replies) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const answers = [...statuses].map(([status, number]) => `${number} of ${crowd} ${told(status)}`);
  return judge(
    count === 1 && statuses.get(201) === crowd && bodies.size === 1,
    `${answers.join(', ')}, ${bodies.size === 1 ? 'one answer' : `${bodies.size} different answers`}, effect ${times(count)}`,
  );
}
