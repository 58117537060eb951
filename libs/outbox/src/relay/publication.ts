import { performance } from 'node:perf_hooks';
import { markPublished } from '../sql/mark-published.js';
import { readPage } from '../sql/read-page.js';
import { type SetAsideReason, setAside } from '../sql/set-aside.js';
import { Backoff } from './backoff.js';
import { InFlight } from './in-flight.js';
import { type Page, type PageLimits, pageOf } from './page.js';
import { PageSize } from './page-size.js';
import { pause } from './pause.js';
import { refusalOf } from './refusal.js';
import type { RelayContext } from './relay-context.js';
import type { SendableRow } from './sender.js';
import { traceSends } from './trace-sends.js';

/**
 * Moves rows from the table to the broker. While one request is with the broker, the next page is being read and the
 * last one marked; requests themselves go out one after the other.
 *
 * The order that is promised: of the events of one topic and key, the first occurrences on the topic are in the order
 * of their commits. It holds because a request carries a key from its oldest unacknowledged event on, and a key with an
 * event in flight or set aside is read no further. A request that failed may have been written all the same, and is
 * sent again: repeats can appear at any time, and are the consumer's inbox to drop. Two assumptions: transactions that
 * append to one key take turns (each locks its aggregate before it appends), and the topic's partitions aren't added to
 * while a key's events are on their way.
 */
export class Publication {
  readonly inFlight = new InFlight();
  readonly #pageSize: PageSize;
  readonly #marking = new Set<Promise<void>>();

  constructor(private readonly relay: RelayContext) {
    this.#pageSize = new PageSize(relay.settings.pageRows);
  }

  /**
   * Publishes what there is to publish now.
   * @throws what kept it from going on; everything not acknowledged is still in the table and will be read again
   */
  async drain(): Promise<void> {
    let acknowledged: Promise<void> = Promise.resolve();
    try {
      while (this.#maySend()) {
        const alone = this.inFlight.empty;
        const page = await this.#read();
        try {
          await acknowledged;
        } catch (error) {
          this.#settle(page);
          throw error;
        }
        if (!this.#maySend()) {
          this.#settle(page);
          return;
        }
        if (page.rows.length + page.oversized.length === 0) {
          if (alone) return;
          await this.#wakeOrSettled();
          continue;
        }
        acknowledged = this.#publish(page);
        // It is heard below, once the next page has come; until then nobody would, and Node ends a process for that.
        acknowledged.catch(() => undefined);
        // With nothing in flight while it was read, a page that met none of its limits has left nothing behind.
        if (alone && !page.more) return;
      }
    } finally {
      await acknowledged;
    }
  }

  /** Resolves when every acknowledged row is marked, or given up because the relay stops and the database doesn't answer. */
  async marked(): Promise<void> {
    await Promise.all(this.#marking);
  }

  /** No send begins that could outlive the leases. */
  #maySend(): boolean {
    const { leases, settings, stopping } = this.relay;
    return !stopping.aborted && leases.readable.length > 0 && leases.cover(settings.sendDeadline);
  }

  /** Rows of the keys in flight may wait; so may new rows of others, which must not wait for a slow mark. */
  async #wakeOrSettled(): Promise<void> {
    const { wakeUp, settings } = this.relay;
    if (this.inFlight.empty) return;
    void this.inFlight.changed().then(() => wakeUp.ring());
    await wakeUp.next(settings.pollInterval);
  }

  async #read(): Promise<Page> {
    const { leases, settings, database } = this.relay;
    const owned = leases.readable;
    const { topics, keys } = this.inFlight.streams();
    const rows = this.#pageSize.rows;
    const limits: PageLimits = {
      rows,
      rowsOfBucket: this.#pageSize.rowsOfBucket(owned.length),
      bytes: settings.pageBytes,
    };
    const read = await database.query(
      readPage({
        ...limits,
        buckets: owned,
        busyTopics: topics,
        busyKeys: keys,
        largestEvent: settings.largestEvent,
      }),
    );
    this.#pageSize.found(read[0]?.candidates ?? 0);
    // A bucket may have been given back while its rows were on their way.
    const page = pageOf(
      read.filter((row) => leases.reads(row.bucket)),
      limits,
    );
    this.inFlight.add(page.rows);
    this.inFlight.add(page.oversized);
    return page;
  }

  async #publish(page: Page): Promise<void> {
    let rows = page.rows;
    try {
      const tooLarge = `The event is over largestEvent (${this.relay.settings.largestEvent} bytes).`;
      await this.#setAside(page.oversized, 'message-too-large', tooLarge);
      rows = await this.#setAsideRefusedTopics(rows);
      if (rows.length > 0) await this.#send(rows);
    } catch (error) {
      this.inFlight.settle(rows);
      throw error;
    } finally {
      this.inFlight.settle(page.oversized);
    }
  }

  /** @returns the rows whose topic takes messages */
  async #setAsideRefusedTopics(rows: readonly SendableRow[]): Promise<readonly SendableRow[]> {
    let accepted = rows;
    for (const topic of new Set(rows.map((row) => row.topic))) {
      try {
        await this.relay.sender.requireTopic(topic);
      } catch (error) {
        const reason = refusalOf(error);
        if (reason === undefined) throw error;
        const refused = accepted.filter((row) => row.topic === topic);
        await this.#setAside(refused, reason, String(error));
        this.inFlight.settle(refused);
        accepted = accepted.filter((row) => row.topic !== topic);
      }
    }
    return accepted;
  }

  async #send(rows: readonly SendableRow[]): Promise<void> {
    const { sender, observer } = this.relay;
    const started = performance.now();
    const sentAt = Date.now();
    try {
      await sender.send(rows);
    } catch (error) {
      const reason = refusalOf(error);
      if (reason === undefined) throw error;
      observer.failed(error);
      if (rows.length === 1) await this.#setAside(rows, reason, String(error));
      this.#pageSize.refused(rows.length);
      this.inFlight.settle(rows);
      return;
    }
    observer.acknowledged(rows.length, performance.now() - started);
    traceSends(rows, sentAt);
    this.#pageSize.acknowledged();
    const marking = this.#mark(rows);
    this.#marking.add(marking);
    void marking.finally(() => this.#marking.delete(marking));
  }

  /** Tries until it is done: a row that stays unmarked is sent again, so giving up early makes repeats. */
  async #mark(rows: readonly SendableRow[]): Promise<void> {
    const { database, observer, stopping } = this.relay;
    const backoff = new Backoff(100, 2_000);
    for (;;) {
      try {
        await database.query(markPublished(rows.map((row) => row.id)));
        observer.published(rows.length);
        break;
      } catch (error) {
        observer.failed(error);
        if (stopping.aborted) break;
        await pause(backoff.next(), stopping);
      }
    }
    this.inFlight.settle(rows);
  }

  async #setAside(rows: Page['oversized'], reason: SetAsideReason, error: string): Promise<void> {
    if (rows.length === 0) return;
    const ids = rows.map((row) => row.id);
    await this.relay.database.query(setAside(ids, reason, error));
    this.relay.observer.setAside(rows.length, reason);
  }

  #settle(page: Page): void {
    this.inFlight.settle(page.rows);
    this.inFlight.settle(page.oversized);
  }
}
