import { Inject, Injectable } from '@nestjs/common';
import type { OrderedLine, PurchaseMessage } from '@semel/contracts';
import { PURCHASE_CANCELLED, PURCHASE_PLACED } from '@semel/contracts';
import type { Transaction } from '@semel/idempotency';
import { Outbox, type OutgoingEvent } from '@semel/outbox';
import { flatLines, LOG, type Log } from '@semel/service';
import { lockStock } from '../stock-ledger/sql/lock-stock.js';
import { moveStock } from '../stock-ledger/sql/move-stock.js';
import { recordMovements } from '../stock-ledger/sql/record-movements.js';
import { changesOf, eventOf, movementsOf, newLinesOf, reservationsAfter } from './consequences.js';
import { countDecisions } from './count-decisions.js';
import { decide, type KnownReservation, type Situation } from './decide.js';
import type { Decision } from './decision.js';
import { addLines } from './sql/add-lines.js';
import { keepReservations } from './sql/keep-reservations.js';
import { lockReservations } from './sql/lock-reservations.js';
import { readLines } from './sql/read-lines.js';
import { type Trace, traceOf } from './trace.js';

/** A purchase event as a consumer receives it. */
export type IncomingPurchase = PurchaseMessage & { readonly traceparent?: string };

/**
 * Reserves, rejects and releases for a whole batch of purchase events with a handful of statements, whatever its size.
 * Locks are taken in one order everywhere: reservations by order id, then stock by SKU.
 */
@Injectable()
export class ReservePurchases {
  private readonly log: Log;

  constructor(
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(LOG) log: Log,
  ) {
    this.log = flatLines(log);
  }

  /** @returns what each event came to, in order */
  async execute(messages: readonly IncomingPurchase[], transaction: Transaction): Promise<Decision[]> {
    const reservations = await this.lockReservations(messages, transaction);
    const available = await this.lockStock(messages, reservations, transaction);
    const decisions = decide(messages, { reservations, available });
    const traces = messages.map(traceOf);

    const kept = reservationsAfter(decisions);
    if (kept.length > 0) await transaction.query(keepReservations(kept));
    const lines = decisions.flatMap(newLinesOf);
    if (lines.length > 0) await transaction.query(addLines(lines));
    const movements = decisions.flatMap(movementsOf);
    if (movements.length > 0) {
      await transaction.query(moveStock(changesOf(movements)));
      await transaction.query(recordMovements(movements));
    }
    const events = decisions.flatMap((decision, index): OutgoingEvent[] => {
      const event = eventOf(decision, traces[index]?.traceparent);
      return event ? [event] : [];
    });
    await this.outbox.append(events);

    transaction.afterCommit(() => {
      countDecisions(decisions);
      this.logDecisions(decisions, messages, traces);
    });
    return decisions;
  }

  private async lockReservations(
    messages: readonly IncomingPurchase[],
    transaction: Transaction,
  ): Promise<Map<string, KnownReservation>> {
    const orderIds = [...new Set(messages.map(({ value }) => value.orderId))];
    const rows = await transaction.query(lockReservations(orderIds));
    const cancelled = new Set(
      messages.flatMap(({ type, value }) => (type === PURCHASE_CANCELLED ? [value.orderId] : [])),
    );
    const releasable = rows.flatMap(({ order_id, status }) =>
      status === 'reserved' && cancelled.has(order_id) ? [order_id] : [],
    );
    const lines = new Map<string, OrderedLine[]>();
    const found = releasable.length > 0 ? await transaction.query(readLines(releasable)) : [];
    for (const { order_id, sku, quantity } of found) {
      lines.set(order_id, [...(lines.get(order_id) ?? []), { sku, quantity }]);
    }
    return new Map(
      rows.map(({ order_id, status, customer_known }) => [
        order_id,
        { status, customerKnown: customer_known, lines: lines.get(order_id) ?? [] },
      ]),
    );
  }

  private async lockStock(
    messages: readonly IncomingPurchase[],
    reservations: Situation['reservations'],
    transaction: Transaction,
  ): Promise<Map<string, number>> {
    const skus = new Set<string>();
    for (const message of messages) {
      const known = reservations.get(message.value.orderId);
      const lines = known?.lines ?? (message.type === PURCHASE_PLACED ? message.value.lines : []);
      for (const { sku } of lines) skus.add(sku);
    }
    if (skus.size === 0) return new Map();
    const rows = await transaction.query(lockStock([...skus]));
    return new Map(rows.map(({ sku, available }) => [sku, Number(available)]));
  }

  private logDecisions(
    decisions: readonly Decision[],
    messages: readonly IncomingPurchase[],
    traces: readonly Trace[],
  ): void {
    for (const [index, decision] of decisions.entries()) {
      const { kind, orderId } = decision;
      const because = decision.kind === 'rejected' ? { code: decision.code, sku: decision.sku } : {};
      const cause = { type: messages[index]?.type, traceId: traces[index]?.traceId };
      this.log.info({ key: orderId, orderId, outcome: 'executed', ...cause, ...because }, `purchase ${kind}`);
    }
  }
}
