import type { PendingRow } from '../sql/read-page.js';

/**
 * The topics and keys with an event between being read and being marked (or given up). No second row of such a key is
 * read, let alone sent: that is what keeps the order of a key.
 */
export class InFlight {
  readonly #bucketOf = new Map<string, number>();
  #change: (() => void)[] = [];

  get empty(): boolean {
    return this.#bucketOf.size === 0;
  }

  holds(bucket: number): boolean {
    for (const held of this.#bucketOf.values()) if (held === bucket) return true;
    return false;
  }

  /** Side by side, as the page's statement takes them. */
  streams(): { topics: string[]; keys: string[] } {
    const topics: string[] = [];
    const keys: string[] = [];
    for (const stream of this.#bucketOf.keys()) {
      const end = stream.indexOf('\0');
      topics.push(stream.slice(0, end));
      keys.push(stream.slice(end + 1));
    }
    return { topics, keys };
  }

  add(rows: readonly PendingRow[]): void {
    for (const row of rows) this.#bucketOf.set(streamOf(row), row.bucket);
  }

  settle(rows: readonly PendingRow[]): void {
    for (const row of rows) this.#bucketOf.delete(streamOf(row));
    for (const tell of this.#change.splice(0)) tell();
  }

  /** Resolves when rows have been settled. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#change.push(resolve));
  }
}

/** Neither a topic nor a key holds NUL: the append refuses it. */
function streamOf(row: PendingRow): string {
  return `${row.topic}\0${row.key}`;
}
