import { adjustmentsExact, cancellationsExact, reservationsExact, stockExact } from './effects.js';
import { noOffsetAhead, orderIffEvent, orderPerKey, parkingExact } from './events.js';
import type { Evidence } from './evidence.js';
import type { Invariant, Violation } from './invariant.js';
import {
  ackedKeyOneOrder,
  answersEqual,
  callersApart,
  effectIffKey,
  keyAtMostOneOrder,
  otherFingerprintRefused,
  replaysMarked,
} from './keys.js';
import { ackedKeyOneCharge, fencesRise, keyAtMostOneCharge } from './payments.js';
import { liveAfterHealing, nothingStuck, servicesSurvive } from './rest.js';
import { testify } from './testimony.js';

/** Everything that must hold, by name, and in a sentence. */
export const invariants: Readonly<Record<string, { readonly what: string; readonly find: Invariant }>> = {
  'acked-key-one-order': {
    what: 'a key that was answered 201 has exactly one order: the one it was told of, with the lines it asked for',
    find: ackedKeyOneOrder,
  },
  'key-at-most-one-order': {
    what: 'any key, answered or not, has at most one order; no order is there that nobody asked for',
    find: keyAtMostOneOrder,
  },
  'answers-equal': {
    what: 'all answers to a request are the same: status, body byte for byte, `Content-Type`, `Location`, `ETag`',
    find: answersEqual,
  },
  'replays-marked': { what: 'one answer at most is not marked `Idempotency-Replayed`', find: replaysMarked },
  'other-fingerprint-refused': {
    what: 'of different requests under one key, one at most is carried out; the others hear 422',
    find: otherFingerprintRefused,
  },
  'callers-apart': {
    what: 'the same key, even the same request, of two callers is two operations; nobody hears of another’s order',
    find: callersApart,
  },
  'effect-iff-key': {
    what: 'an order or a payment is there if and only if a key stores it; what a client was answered is what the table has',
    find: effectIffKey,
  },
  'cancellations-exact': {
    what: 'a cancellation that was answered 200 stays; nothing is cancelled that its customer did not cancel',
    find: cancellationsExact,
  },
  'adjustments-exact': {
    what: 'an adjustment that was answered 200 is one movement, one that was refused is none, any key one at most',
    find: adjustmentsExact,
  },
  'stock-exact': {
    what: 'each SKU is what it began with and what the movements made of it; what is reserved is what orders hold; nothing is below zero',
    find: stockExact,
  },
  'reservations-exact': {
    what: 'order and reservation are a pair at rest of [the saga](saga.md) with the same contents; stock was taken once, and given back once if it was',
    find: reservationsExact,
  },
  'order-iff-event': {
    what: 'each order, cancellation, reservation, rejection and release has its event on the topic, and no event is without; repeats are the same event',
    find: orderIffEvent,
  },
  'order-per-key': {
    what: 'on both topics, the first occurrences of a key’s events are in the order of their commits',
    find: orderPerKey,
  },
  'no-offset-ahead': {
    what: 'no group has committed past a record that it has neither processed nor parked, nor past the end',
    find: noOffsetAhead,
  },
  'parking-exact': {
    what: 'the parking lots hold the poison that was sent, unchanged, for its reason, and nothing else; the registers each once',
    find: parkingExact,
  },
  'acked-key-one-charge': {
    what: 'a payment that was answered 201 has exactly one charge in the provider’s ledger and one row: those it was told of, with the amount it asked for',
    find: ackedKeyOneCharge,
  },
  'key-at-most-one-charge': {
    what: 'any key, answered or not, has at most one charge and one payment, and was asked for under one key downstream; nothing is charged that nobody asked for',
    find: keyAtMostOneCharge,
  },
  'fences-rise': {
    what: 'no two turns at keys share a fence, none is below what was recorded under it; what is finished keeps no lease and no step',
    find: fencesRise,
  },
  'nothing-stuck': {
    what: 'no key is left in flight or leased, no event unsent, no lock, transaction or connection held; every service ends in good order',
    find: nothingStuck,
  },
  'services-survive': {
    what: 'no service that has come up ends by itself, whatever it loses',
    find: servicesSurvive,
  },
  'live-after-healing': {
    what: 'within 60 s of the last fault every service is ready; then every instance answers every key that is asked for, each within 60 s; within 60 s after the last question everything is at rest',
    find: liveAfterHealing,
  },
};

/** Holds the evidence against every invariant. */
export function check(evidence: Evidence): Violation[] {
  const testimony = testify(evidence);
  return Object.entries(invariants).flatMap(([invariant, { find }]) =>
    [...find(testimony)].map((violation) => ({ invariant, ...violation })),
  );
}
