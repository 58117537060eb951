import type { PendingRow } from '../sql/read-page.js';
import type { SendableRow } from './sender.js';

/** What one request to the broker will carry, and what kept the rest of the rows out. */
export interface Page {
  readonly rows: readonly SendableRow[];
  /** Rows that are too large to be read into memory, let alone sent. */
  readonly oversized: readonly PendingRow[];
  /** There is more to read at once. */
  readonly more: boolean;
}

export interface PageLimits {
  readonly rows: number;
  readonly rowsOfBucket: number;
  readonly bytes: number;
}

/**
 * Makes a page of what was read. An event of more than a quarter of a request travels alone, so that a broker that
 * finds it too large refuses it and nobody else with it.
 */
export function pageOf(read: readonly PendingRow[], limits: PageLimits): Page {
  const rows: SendableRow[] = [];
  const oversized: PendingRow[] = [];
  let cut = false;
  for (const row of read) {
    const large = row.bytes > limits.bytes / 4;
    if (large && rows.length + oversized.length > 0) {
      cut = true;
      break;
    }
    if (row.payload === null) oversized.push(row);
    else rows.push({ ...row, payload: row.payload });
    if (large) {
      cut = read.length > 1;
      break;
    }
  }
  return { rows, oversized, more: cut || cutShort(read, limits) };
}

/** Whether one of the page's limits was reached: the rows, those of a bucket, or the bytes. */
function cutShort(read: readonly PendingRow[], limits: PageLimits): boolean {
  const candidates = read[0]?.candidates ?? 0;
  if (candidates >= limits.rows || read.length < candidates) return true;
  const ofBucket = new Map<number, number>();
  for (const { bucket } of read) {
    const count = (ofBucket.get(bucket) ?? 0) + 1;
    if (count >= limits.rowsOfBucket) return true;
    ofBucket.set(bucket, count);
  }
  return false;
}
