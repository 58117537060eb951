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
import { liveAfterHealing, nothingStuck } from './rest.js';
import { testify } from './testimony.js';

/** Everything that must hold, by name. */
export const invariants: Readonly<Record<string, Invariant>> = {
  'acked-key-one-order': ackedKeyOneOrder,
  'key-at-most-one-order': keyAtMostOneOrder,
  'answers-equal': answersEqual,
  'replays-marked': replaysMarked,
  'other-fingerprint-refused': otherFingerprintRefused,
  'callers-apart': callersApart,
  'effect-iff-key': effectIffKey,
  'cancellations-exact': cancellationsExact,
  'adjustments-exact': adjustmentsExact,
  'stock-exact': stockExact,
  'reservations-exact': reservationsExact,
  'order-iff-event': orderIffEvent,
  'order-per-key': orderPerKey,
  'no-offset-ahead': noOffsetAhead,
  'parking-exact': parkingExact,
  'nothing-stuck': nothingStuck,
  'live-after-healing': liveAfterHealing,
};

/** Holds the evidence against every invariant. */
export function check(evidence: Evidence): Violation[] {
  const testimony = testify(evidence);
  return Object.entries(invariants).flatMap(([invariant, find]) =>
    [...find(testimony)].map((violation) => ({ invariant, ...violation })),
  );
}
