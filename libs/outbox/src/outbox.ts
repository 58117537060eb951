import { requireTransaction } from '@semel/idempotency';
import { eventRow, type OutgoingEvent } from './event.js';
import { appendEvents } from './sql/append-events.js';

/** Where operations put the events that they cause. */
export class Outbox {
  constructor(
    private readonly source: string,
    private readonly wakeRelay: () => void,
  ) {}

  /**
   * Writes the events through the transaction of the operation being executed: they are published if it commits, and
   * were never there if it rolls back. One statement for all of them, in the order given. Bytes, id and headers are
   * fixed here. Lock the aggregates that the events tell of first: that is what keeps the order of a key.
   * @throws TransactionRequiredError outside of an operation
   * @throws InvalidEventError for an event that no consumer could take; nothing is written then
   */
  async append(events: readonly OutgoingEvent[]): Promise<void> {
    const transaction = requireTransaction();
    if (events.length === 0) return;
    await transaction.query(appendEvents(this.source, events.map(eventRow)));
    transaction.afterCommit(this.wakeRelay);
  }
}
