import type { Exchange } from '../api/exchange.js';
import type { Outcome } from '../api/outcome.js';
import type { Experiment, ExperimentKind } from '../shop/experiment.js';

const KEY = 'k1';

/** An exchange of `POST /orders` as a service would have it. An order's id stands for an answer of 201. */
export function exchange(outcome: Outcome, orderId?: string, key = KEY): Exchange {
  const answer =
    orderId === undefined
      ? undefined
      : {
          status: 201,
          headers: { location: `/orders/${orderId}` },
          body: JSON.stringify({
            id: orderId,
            customerId: 'alice',
            status: 'placed',
            lines: [],
            total: { amount: 1_000, currency: 'EUR' },
            placedAt: '2026-11-24T04:54:35.515Z',
          }),
        };
  return {
    id: `${outcome} ${orderId} ${key} ${Math.random()}`,
    request: { method: 'POST', path: '/orders', key, body: '{}' },
    sentAt: 0,
    elapsedMs: 5,
    answer,
    outcome,
  };
}

export function experiment(kind: ExperimentKind, exchanges: Exchange[], running = false): Experiment {
  const request = { method: 'POST', path: '/orders', key: KEY, body: '{}' } as const;
  return { id: 'e', kind, request, startedAt: 0, exchanges, running };
}
