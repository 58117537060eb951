import { Drain, type Log, Problem } from '@semel/service';
import type { DataSource } from 'typeorm';
import { read } from '../database/read.js';
import { readStatuses, type WatchedRow } from './sql/read-statuses.js';

export interface Watcher {
  /** An order that has another version than when it was seen last. */
  changed(order: WatchedRow): void;
  /** The process is stopping. */
  ended(): void;
}

export interface WatchLimits {
  /** At most so many watchers in this process. */
  readonly watchers: number;
  /** How late a change is noticed that another process made, in milliseconds. */
  readonly pollMs: number;
}

interface Watch extends Watcher {
  seen: number;
}

const defaultLimits: WatchLimits = { watchers: 1_000, pollMs: 500 };

/**
 * Tells of the changes of orders, whichever process makes them: one statement at a time reads all orders that anybody here watches,
 * each `pollMs`, and at once those that this process has just committed. While nobody watches nothing is read.
 */
export class OrderWatch {
  private readonly byOrder = new Map<string, Set<Watch>>();
  private readonly due = new Set<string>();
  private watchers = 0;
  private polling = false;
  private wake: (() => void) | undefined;
  private failing = false;

  constructor(
    private readonly dataSource: DataSource,
    drain: Drain,
    private readonly log: Log,
    private readonly limits = defaultLimits,
  ) {
    drain.signal.addEventListener('abort', () => this.endAll(), { once: true });
  }

  /**
   * @param order as the watcher knows it
   * @returns a function that ends the watch
   * @throws Problem 503 `overloaded` when as many watch as this process takes on
   */
  watch({ id, version }: { readonly id: string; readonly version: number }, watcher: Watcher): () => void {
    if (this.watchers >= this.limits.watchers) {
      throw new Problem(
        'overloaded',
        'As many event streams are open as this process takes on. Try again shortly.',
        {
          headers: { 'retry-after': '5' },
        },
      );
    }
    const watch: Watch = {
      seen: version,
      changed: (order) => watcher.changed(order),
      ended: () => watcher.ended(),
    };
    const watches = this.byOrder.get(id) ?? new Set();
    this.byOrder.set(id, watches.add(watch));
    this.watchers += 1;
    if (!this.polling) void this.poll();
    return () => {
      if (!watches.delete(watch)) return;
      this.watchers -= 1;
      if (watches.size === 0) this.byOrder.delete(id);
      if (this.watchers === 0) this.wake?.();
    };
  }

  /** These orders have been changed by a commit of this process. */
  changed(ids: readonly string[]): void {
    for (const id of ids) if (this.byOrder.has(id)) this.due.add(id);
    if (this.due.size > 0) this.wake?.();
  }

  /** Ends when nobody watches any more; the next watcher starts it again. */
  private async poll(): Promise<void> {
    this.polling = true;
    while (this.watchers > 0) {
      const woken = await this.nextTurn();
      const ids = woken ? [...this.due] : [...this.byOrder.keys()];
      this.due.clear();
      try {
        if (ids.length > 0) for (const row of await read(this.dataSource, readStatuses(ids))) this.tell(row);
        this.failing = false;
      } catch (error) {
        // The streams stay: what they miss now they are told of later.
        if (!this.failing) this.log.warn({ err: error }, 'watched orders could not be read');
        this.failing = true;
      }
    }
    this.polling = false;
  }

  /** @returns whether it was woken before the time was up */
  private nextTurn(): Promise<boolean> {
    if (this.due.size > 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (woken: boolean) => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve(woken);
      };
      const timer = setTimeout(() => settle(false), this.limits.pollMs);
      this.wake = () => settle(true);
    });
  }

  private tell(order: WatchedRow): void {
    for (const watch of this.byOrder.get(order.id) ?? []) {
      if (order.version <= watch.seen) continue;
      watch.seen = order.version;
      watch.changed(order);
    }
  }

  private endAll(): void {
    for (const watches of [...this.byOrder.values()]) for (const watch of [...watches]) watch.ended();
  }
}
