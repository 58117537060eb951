import type { ListPage, ListParkedMessagesQuery, ParkedMessage, ParkedMessageDetail } from '@semel/contracts';
import { decodeCursor, encodeCursor } from '@semel/service';
import { z } from 'zod';
import { countParked, type ParkedCounts } from '../sql/count-parked.js';
import { findEntry } from '../sql/find-entry.js';
import { listActs } from '../sql/list-acts.js';
import { listEntries } from '../sql/list-entries.js';
import { detailOf, viewOf } from './entry-view.js';
import { reasonLabel } from './reason-label.js';
import type { RunStatement } from './run-statement.js';

/** A position as a cursor holds it: a bigint in decimal digits. */
export const Position = z.string().regex(/^(?:0|[1-9]\d{0,17})$/);

/** What the parking lots of a service hold, for those who look. */
export class ParkingRegister {
  constructor(private readonly run: RunStatement) {}

  /**
   * A page, newest first.
   * @throws Problem 422 `invalid-request` for a cursor that is none
   */
  async list(query: ListParkedMessagesQuery): Promise<ListPage<ParkedMessage>> {
    const before = query.cursor === undefined ? undefined : decodeCursor(Position, query.cursor);
    // One more than asked for tells whether there is another page.
    const rows = await this.run(listEntries({ ...query, before, rows: query.limit + 1 }));
    const page = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? page.at(-1) : undefined;
    return { items: page.map(viewOf), nextCursor: last === undefined ? null : encodeCursor(last.position) };
  }

  /** @returns undefined where there is no such message */
  async find(id: string): Promise<ParkedMessageDetail | undefined> {
    const [entry] = await this.run(findEntry(id));
    return entry === undefined ? undefined : detailOf(entry, await this.run(listActs(id)));
  }

  /** How much waits, for metrics: the reasons are those that we know, and `other`. */
  async counts(): Promise<ParkedCounts> {
    const [counts = { messages: [], keys: [] }] = await this.run(countParked());
    const messages = counts.messages.map((one) => ({ ...one, reason: reasonLabel(one.reason) }));
    return { ...counts, messages };
  }
}
