import type { Answer, Command } from '../history/history.js';
import type { Evidence } from './evidence.js';

const paying = (key: string, variant = 0): Command => ({
  caller: 'anonymous',
  key,
  variant,
  kind: 'pay',
  service: 'payment',
  path: '/payments',
  body: { reference: `${key}_${variant}`, amount: 100 + variant },
});

const body = (key: string): string =>
  JSON.stringify({ reference: `${key}_0`, amount: 100, chargeId: `ch_${key}`, id: `P-${key}` });

const paid = (key: string, replayed = false): Answer => ({
  status: 201,
  body: body(key),
  type: 'application/json; charset=utf-8',
  replayed,
});

const reused: Answer = {
  status: 422,
  code: 'idempotency-key-reused',
  body: '{"code":"idempotency-key-reused"}',
  replayed: false,
};

/** One that went well, one that was taken over, one whose client gave up: it was charged, and nobody asks again. */
export const paymentsTold: readonly (readonly [Command, 'ok' | 'fail' | 'info', Answer | undefined])[] = [
  [paying('p1'), 'ok', paid('p1')],
  [paying('p1', 1), 'fail', reused],
  [paying('p2'), 'info', undefined],
  [paying('p2'), 'ok', paid('p2')],
  [paying('p3'), 'info', undefined],
];
export const paymentsToldAfterHealing: typeof paymentsTold = [[paying('p2'), 'ok', paid('p2', true)]];

const keyRow = (key: string, operationId: number, fence: number) => ({
  scope: 'anonymous',
  key,
  path: '/payments',
  status: 'Processed',
  responseStatus: 201,
  responseBody: body(key),
  operationId,
  fence,
  leased: false,
});

export const soundPayment: Evidence['payment'] = {
  payments: ['p1', 'p2'].map((key) => ({
    id: `P-${key}`,
    reference: `${key}_0`,
    amount: 100,
    chargeId: `ch_${key}`,
  })),
  keys: [
    keyRow('p1', 1, 1),
    keyRow('p2', 2, 4),
    { ...keyRow('p3', 3, 3), status: 'Received', responseStatus: null, responseBody: null },
  ],
  steps: [{ operationId: 3, fence: 3, name: 'charge' }],
  charges: ['p1', 'p2', 'p3'].map((key) => ({
    key: `derived-${key}`,
    id: `ch_${key}`,
    reference: `${key}_0`,
    amount: 100,
  })),
  calls: ['p1', 'p2', 'p3'].map((key) => ({ key: `derived-${key}`, reference: `${key}_0` })),
};
