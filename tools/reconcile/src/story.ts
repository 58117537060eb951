/** An order as Order has it. */
export interface OrderFound {
  readonly id: string;
  readonly customerId: string;
  readonly status: 'placed' | 'confirmed' | 'rejected' | 'cancelled';
  /** One a change of status. */
  readonly version: number;
  readonly code: string | null;
  readonly sku: string | null;
  readonly total: string;
  /** Of its lines: quantity times price. */
  readonly sum: string;
  /** `2 A, 1 B`, in the order of the SKUs. */
  readonly lines: string;
  /** Of all lines together. */
  readonly units: number;
}

/** What Inventory keeps of an order. */
export interface ReservationFound {
  readonly id: string;
  /** Null on the tombstone of a cancellation that overtook its purchase. */
  readonly customerId: string | null;
  readonly status: 'reserved' | 'rejected' | 'released';
  readonly code: string | null;
  readonly sku: string | null;
  /** None on a tombstone. */
  readonly lines: string;
}

/** A message that would bring the two sides together. */
export type Awaited = 'placed' | 'cancelled' | 'answer';

export type Judgement =
  /** Both tell the same, and nothing is to come. */
  | { readonly kind: 'at-rest'; readonly as: string }
  /** They will agree once one of these messages is delivered: it has to be found somewhere. */
  | { readonly kind: 'open'; readonly awaits: readonly Awaited[]; readonly pair: string }
  /** Inventory was read later and knows more: the order has to be read again. */
  | { readonly kind: 'overtaken'; readonly pair: string }
  /** No message makes this right. */
  | { readonly kind: 'wrong'; readonly what: string; readonly detail: string };

/**
 * What an order and its reservation say together, where the order was read first. Nothing ever leaves `rejected`, `cancelled` or
 * `released`, a reservation is never deleted, and Inventory only ever acts on what Order has committed: so whatever Inventory knows
 * that the order doesn't tell has happened since the order was read.
 */
export function judge(order: OrderFound, reservation: ReservationFound | undefined): Judgement {
  const pair = `${order.status} here, ${reservation ? kindOf(reservation) : 'nothing'} there`;
  const open = (...awaits: Awaited[]): Judgement => ({ kind: 'open', awaits, pair });
  const wrong = (what: string, detail = `The order is ${pair}.`): Judgement => ({
    kind: 'wrong',
    what,
    detail,
  });
  if (order.total !== order.sum) {
    return wrong('total-disagrees', `The order's total is ${order.total}, its lines come to ${order.sum}.`);
  }
  const difference = reservation && differenceOf(order, reservation);
  if (difference !== undefined) return wrong('contents-disagree', difference);
  const kept = reservation ? kindOf(reservation) : 'nothing';
  const wasConfirmed = order.version > 2;
  switch (order.status) {
    case 'placed':
      if (kept === 'nothing') return open('placed');
      if (kept === 'reserved' || kept === 'rejected') return open('answer');
      return { kind: 'overtaken', pair };
    case 'confirmed':
      if (kept === 'reserved') return { kind: 'at-rest', as: 'confirmed' };
      if (kept === 'released') return { kind: 'overtaken', pair };
      return wrong(kept === 'nothing' ? 'confirmed-without-reservation' : 'statuses-disagree');
    case 'rejected':
      if (kept === 'rejected') return { kind: 'at-rest', as: 'rejected' };
      return wrong(kept === 'nothing' ? 'rejected-without-reservation' : 'statuses-disagree');
    case 'cancelled':
      if (kept === 'released') return { kind: 'at-rest', as: 'cancelled' };
      if (kept === 'reserved') return open('cancelled');
      if (wasConfirmed) {
        return wrong(kept === 'nothing' ? 'confirmed-without-reservation' : 'statuses-disagree');
      }
      if (kept === 'nothing') return open('placed', 'cancelled');
      if (kept === 'tombstone') return open('placed');
      return { kind: 'at-rest', as: 'cancelled' };
  }
}

type Kept = 'reserved' | 'rejected' | 'released' | 'tombstone' | 'stillborn' | 'nothing';

function kindOf({ status, customerId, lines }: ReservationFound): Kept {
  if (status !== 'released' || lines !== '') return status;
  return customerId === null ? 'tombstone' : 'stillborn';
}

function differenceOf(order: OrderFound, reservation: ReservationFound): string | undefined {
  if (reservation.customerId !== null && reservation.customerId !== order.customerId) {
    return `The customer is ${order.customerId} here, ${reservation.customerId} there.`;
  }
  const isStillborn = reservation.status === 'released' && reservation.lines === '';
  if (!isStillborn && reservation.lines !== order.lines) {
    return `The lines are ${order.lines} here, ${reservation.lines} there.`;
  }
  const rejections = [order, reservation].map(({ code, sku }) => `${code} of ${sku}`);
  if (order.status === 'rejected' && reservation.status === 'rejected' && rejections[0] !== rejections[1]) {
    return `It was rejected for ${rejections[0]} here, for ${rejections[1]} there.`;
  }
  return undefined;
}
