import {
  type OrderedLine,
  PURCHASE_PLACED,
  type PurchaseMessage,
  type PurchasePlaced,
  type RejectionCode,
  type ReservationStatus,
} from '@semel/contracts';
import type { Decision } from './decision.js';

/** What is known of an order before the batch. `lines` only where it may be released now. */
export interface KnownReservation {
  readonly status: ReservationStatus;
  readonly lines: readonly OrderedLine[];
  readonly customerKnown: boolean;
}

/** What was read under lock: the reservations of the batch's orders, and how much of each of its SKUs is available. */
export interface Situation {
  readonly reservations: ReadonlyMap<string, KnownReservation>;
  readonly available: ReadonlyMap<string, number>;
}

/** Decides the events one after the other, in the order of their arrival, each seeing what those before it left. */
export function decide(messages: readonly PurchaseMessage[], situation: Situation): Decision[] {
  const reservations = new Map(situation.reservations);
  const available = new Map(situation.available);

  const place = ({ orderId, customerId, lines: asked }: PurchasePlaced): Decision => {
    const known = reservations.get(orderId);
    if (known) {
      const fresh = known.status === 'released' && !known.customerKnown;
      return fresh ? { kind: 'stillborn', orderId, customerId } : { kind: 'unchanged', orderId };
    }
    const lines = asked.map(({ sku, quantity }) => ({ sku, quantity }));
    const rejection = rejectionOf(lines, available);
    if (rejection) return { kind: 'rejected', orderId, customerId, lines, ...rejection };
    for (const { sku, quantity } of lines) available.set(sku, (available.get(sku) ?? 0) - quantity);
    return { kind: 'reserved', orderId, customerId, lines };
  };

  const cancel = (orderId: string): Decision => {
    const known = reservations.get(orderId);
    if (!known) return { kind: 'buried', orderId };
    if (known.status !== 'reserved') return { kind: 'unchanged', orderId };
    for (const { sku, quantity } of known.lines) available.set(sku, (available.get(sku) ?? 0) + quantity);
    return { kind: 'released', orderId, lines: known.lines };
  };

  return messages.map((message) => {
    const decision = message.type === PURCHASE_PLACED ? place(message.value) : cancel(message.value.orderId);
    const after = reservationAfter(decision);
    if (after) reservations.set(decision.orderId, after);
    return decision;
  });
}

/** All lines or none. A SKU that doesn't exist wins over one that there is too little of; else the first line. */
function rejectionOf(
  lines: readonly OrderedLine[],
  available: ReadonlyMap<string, number>,
): { code: RejectionCode; sku: string } | undefined {
  const unknown = lines.find(({ sku }) => !available.has(sku));
  if (unknown) return { code: 'unknown-sku', sku: unknown.sku };
  const short = lines.find(({ sku, quantity }) => (available.get(sku) ?? 0) < quantity);
  return short && { code: 'insufficient-stock', sku: short.sku };
}

function reservationAfter(decision: Decision): KnownReservation | undefined {
  switch (decision.kind) {
    case 'reserved':
      return { status: 'reserved', lines: decision.lines, customerKnown: true };
    case 'rejected':
      return { status: 'rejected', lines: [], customerKnown: true };
    case 'released':
    case 'stillborn':
      return { status: 'released', lines: [], customerKnown: true };
    case 'buried':
      return { status: 'released', lines: [], customerKnown: false };
    case 'unchanged':
      return undefined;
  }
}
