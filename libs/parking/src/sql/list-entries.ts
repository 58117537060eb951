import type { ListParkedMessagesQuery } from '@semel/contracts';
import type { Statement } from '@semel/idempotency';
import { type EntryRow, entryColumns } from './entry-row.js';

export interface EntriesWanted
  extends Pick<ListParkedMessagesQuery, 'topic' | 'key' | 'reason' | 'since' | 'state'> {
  /** The position of the last entry of the page before. */
  readonly before?: string | undefined;
  readonly rows: number;
}

/** A page, newest first. The state is written out, so that the index of what is parked fits. */
export function listEntries({
  topic,
  key,
  reason,
  since,
  state,
  before,
  rows,
}: EntriesWanted): Statement<EntryRow> {
  return {
    text: `
      SELECT ${entryColumns} FROM parking_entry
      WHERE ${state === 'any' ? 'true' : `state = '${state}'`}
        AND ($1::text IS NULL OR topic = $1) AND ($2::bytea IS NULL OR key = $2)
        AND ($3::text IS NULL OR reason = $3) AND ($4::timestamptz IS NULL OR parked_at >= $4)
        AND ($5::bigint IS NULL OR position < $5)
      ORDER BY position DESC
      LIMIT $6`,
    values: [
      topic ?? null,
      key === undefined ? null : Buffer.from(key),
      reason ?? null,
      since === undefined ? null : new Date(since),
      before ?? null,
      rows,
    ],
  };
}
