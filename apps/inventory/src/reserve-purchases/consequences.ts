import { RESERVATIONS, STOCK_REJECTED, STOCK_RELEASED, STOCK_RESERVED } from '@semel/contracts';
import type { OutgoingEvent } from '@semel/outbox';
import type { Movement } from '../stock-ledger/movement.js';
import type { StockChange } from '../stock-ledger/sql/move-stock.js';
import type { Decision } from './decision.js';
import type { NewLine } from './sql/add-lines.js';
import type { ReservationRow } from './sql/keep-reservations.js';

/** The movements of one decision, a SKU at a time. */
export function movementsOf(decision: Decision): Movement[] {
  const { kind, orderId } = decision;
  if (kind !== 'reserved' && kind !== 'released') return [];
  const sign = kind === 'reserved' ? 1 : -1;
  return decision.lines.map(({ sku, quantity }) => ({
    sku,
    kind: kind === 'reserved' ? 'reservation' : 'release',
    available: -sign * quantity,
    reserved: sign * quantity,
    orderId,
  }));
}

/** Movements added up by SKU: each row of stock is changed once, however many orders of the batch touch it. */
export function changesOf(movements: readonly Movement[]): StockChange[] {
  const changes = new Map<string, StockChange>();
  for (const { sku, available, reserved } of movements) {
    const before = changes.get(sku) ?? { available: 0, reserved: 0 };
    changes.set(sku, { sku, available: before.available + available, reserved: before.reserved + reserved });
  }
  return [...changes.values()];
}

/** The reservations as they are after the batch, one row an order. */
export function reservationsAfter(decisions: readonly Decision[]): ReservationRow[] {
  const rows = new Map<string, ReservationRow>();
  for (const decision of decisions) {
    if (decision.kind === 'unchanged') continue;
    const { orderId } = decision;
    const customerId = 'customerId' in decision ? decision.customerId : rows.get(orderId)?.customerId;
    const status = decision.kind === 'reserved' || decision.kind === 'rejected' ? decision.kind : 'released';
    const rejection = decision.kind === 'rejected' ? { code: decision.code, sku: decision.sku } : undefined;
    rows.set(orderId, { orderId, status, customerId, rejection });
  }
  return [...rows.values()];
}

/** What Order is told of a decision, if anything. */
export function eventOf(decision: Decision, traceparent: string | undefined): OutgoingEvent | undefined {
  const { orderId } = decision;
  const event = { topic: RESERVATIONS, key: orderId, ...(traceparent !== undefined && { traceparent }) };
  switch (decision.kind) {
    case 'reserved':
      return { ...event, type: STOCK_RESERVED, data: { orderId, lines: decision.lines } };
    case 'rejected':
      return {
        ...event,
        type: STOCK_REJECTED,
        data: { orderId, code: decision.code, sku: decision.sku },
      };
    case 'released':
      return { ...event, type: STOCK_RELEASED, data: { orderId, lines: decision.lines } };
    default:
      return undefined;
  }
}

/** The lines of a new order, what was refused included: a reader sees what was asked for. */
export function newLinesOf(decision: Decision): NewLine[] {
  if (decision.kind !== 'reserved' && decision.kind !== 'rejected') return [];
  const { orderId } = decision;
  return decision.lines.map(({ sku, quantity }, index) => ({ orderId, position: index + 1, sku, quantity }));
}
