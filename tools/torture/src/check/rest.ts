import { groupBy } from './group-by.js';
import type { Invariant } from './invariant.js';

/** Once the faults have stopped, everything comes to rest in time, and whoever asks is answered. */
export const liveAfterHealing: Invariant = function* ({ keys, healedAt, rest }) {
  for (const remaining of rest.remains)
    yield { sentence: `After the healing it did not come to rest: ${remaining}.` };
  if (healedAt === undefined) return;
  for (const key of keys.values()) {
    const late = key.attempts.filter(({ at }) => at >= healedAt);
    for (const [instance, attempts] of groupBy(late, ({ instance }) => instance)) {
      if (attempts.some(({ outcome }) => outcome === 'ok')) continue;
      const last = attempts.at(-1);
      // The key stands for another of its requests, which was answered.
      if (last?.answer?.code === 'idempotency-key-reused' && late.some(({ outcome }) => outcome === 'ok'))
        continue;
      const heard = last?.answer
        ? `${last.answer.status} ${last.answer.code ?? ''}`
        : (last?.why ?? last?.outcome);
      yield {
        key: key.id,
        sentence: `${last?.command.service}-${instance + 1} was asked ${attempts.length} times after the healing, and gave no answer: ${heard}.`,
      };
    }
  }
};

/** Nobody holds what is over: no key, lock, transaction, event or connection is left, and every service ends when it is asked to. */
export const nothingStuck: Invariant = function* ({ order, inventory, payment, rest }) {
  for (const [name, { keys, outbox }] of [
    ['Order', order],
    ['Inventory', inventory],
  ] as const) {
    for (const { scope, key, status } of keys)
      if (status !== 'Processed') yield { sentence: `${name} has the key ${key} of ${scope} as ${status}.` };
    for (const { id, type, key, published, setAside } of outbox)
      if (!published)
        yield {
          orderId: key,
          sentence: `${name}’s outbox has ${type} (${id}) ${setAside ? 'set aside' : 'unpublished'}.`,
        };
  }
  // One that is not leased waits for somebody who asks for it again: its client has given up.
  for (const { key, status, leased } of payment.keys)
    if (leased) yield { sentence: `Payment has the key ${key} as ${status}, under a lease.` };
  for (const held of rest.held) yield { sentence: `Somebody still holds ${held}.` };
  for (const { name, count, most } of rest.connections)
    if (count > most) yield { sentence: `${name} has ${count} connections; there may be ${most}.` };
  for (const ending of rest.endings) yield { sentence: `${ending}.` };
};

/** No service that has come up ends by itself, whatever it has lost. One that can't start may: its supervisor tries again. */
export const servicesSurvive: Invariant = function* ({ rest }) {
  for (const death of rest.deaths) if (!death.includes("can't start: ")) yield { sentence: `${death}.` };
};
