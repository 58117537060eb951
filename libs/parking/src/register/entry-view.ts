import { isUtf8 } from 'node:buffer';
import type { ParkedMessage, ParkedMessageDetail } from '@semel/contracts';
import type { EntryRow } from '../sql/entry-row.js';
import type { WholeEntryRow } from '../sql/find-entry.js';
import type { ActRow } from '../sql/list-acts.js';

export function viewOf(row: EntryRow): ParkedMessage {
  const key = shown(row.key);
  return {
    id: row.id,
    topic: row.topic,
    partition: row.at_partition,
    offset: row.at_offset,
    key: key.text,
    keyEncoding: key.encoding,
    type: row.type,
    reason: row.reason,
    error: row.error,
    parkedAt: row.parked_at.toISOString(),
    attempt: row.attempt,
    predecessor: row.predecessor,
    replayable: row.replayable,
    state: row.state,
  };
}

export function detailOf(row: WholeEntryRow, acts: readonly ActRow[]): ParkedMessageDetail {
  const value = shown(row.value);
  return {
    ...viewOf(row),
    value: value.text,
    valueEncoding: value.encoding,
    headers: Object.fromEntries(
      Object.entries(row.headers).map(([name, values]) => [name, shownHeader(values)]),
    ),
    acts: acts.map(({ act, actor, at }) => ({ act, actor, at: at.toISOString() })),
  };
}

/** Bytes as JSON can show them. */
function shown(bytes: Buffer | null): { text: string | null; encoding: 'utf8' | 'base64' } {
  if (bytes === null) return { text: null, encoding: 'utf8' };
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64';
  return { text: bytes.toString(encoding), encoding };
}

/** What is no text is told in base64, after `base64:`. */
function shownHeader(values: WholeEntryRow['headers'][string]): string[] {
  return [values].flat().map((value) => (typeof value === 'string' ? value : `base64:${value.base64}`));
}
