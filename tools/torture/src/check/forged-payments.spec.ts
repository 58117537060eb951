import { type Forgery, first } from './forgery.spec.js';

export const paymentForgeries: readonly Forgery[] = [
  [
    'acked-key-one-charge',
    'a payment that was acknowledged was not charged',
    ({ payment }) => payment.charges.shift(),
  ],
  [
    'acked-key-one-charge',
    'a late owner has paid beside his successor',
    ({ payment }) => payment.payments.push({ ...payment.payments[1]!, id: 'P9' }),
  ],
  [
    'acked-key-one-charge',
    'another amount was charged',
    ({ payment }) => {
      first(payment.charges).amount = 1;
      first(payment.payments).amount = 1;
    },
  ],
  [
    'key-at-most-one-charge',
    'a key that nobody answered was charged twice',
    ({ payment }) => payment.charges.push({ ...payment.charges[2]!, key: 'another', id: 'ch_9' }),
  ],
  [
    'key-at-most-one-charge',
    'a step was called under another key downstream, and was not charged',
    ({ payment }) => payment.calls.push({ ...payment.calls[2]!, key: 'another' }),
  ],
  [
    'key-at-most-one-charge',
    'nobody asked for a charge',
    ({ payment }) => payment.charges.push({ key: 'another', id: 'ch_9', reference: 'p9_0', amount: 1 }),
  ],
  [
    'key-at-most-one-charge',
    'a payment is of another amount than its charge',
    ({ payment }) => {
      first(payment.payments).amount = 1;
    },
  ],
  ['effect-iff-key', 'a payment has no key', ({ payment }) => payment.keys.shift()],
  ['effect-iff-key', 'a key has no payment', ({ payment }) => payment.payments.shift()],
  [
    'fences-rise',
    'two turns have one fence',
    ({ payment }) => {
      payment.keys[1]!.fence = 3;
    },
  ],
  [
    'fences-rise',
    'a step was recorded by a later owner than the key has had',
    ({ payment }) => {
      first(payment.steps).fence = 9;
    },
  ],
  [
    'fences-rise',
    'a turn has a lower fence than the first one had',
    ({ payment }) => {
      payment.keys[2]!.fence = 2.5;
    },
  ],
  [
    'fences-rise',
    'somebody has recorded a step of what was finished',
    ({ payment }) => payment.steps.push({ operationId: 1, fence: 1, name: 'charge' }),
  ],
  [
    'nothing-stuck',
    'a lease has no end',
    ({ payment }) => {
      payment.keys[2]!.leased = true;
    },
  ],
];
