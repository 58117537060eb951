import type { Statement } from '@semel/idempotency';
import type { StoredHeaders } from '@semel/outbox';
import { type EntryRow, entryColumns } from './entry-row.js';

export interface WholeEntryRow extends EntryRow {
  readonly value: Buffer | null;
  readonly headers: StoredHeaders;
}

export function findEntry(id: string): Statement<WholeEntryRow> {
  return {
    text: `SELECT ${entryColumns}, value, headers FROM parking_entry WHERE id = $1::uuid`,
    values: [id],
  };
}
