import { Logger } from '@nestjs/common';
import type { PoolConfig } from 'pg';
import type { OutboxSettings } from '../options.js';
import { type OutboxStats, outboxStats } from '../sql/outbox-stats.js';
import { Backoff } from './backoff.js';
import { withDeadline } from './deadline.js';
import { Housekeeping } from './housekeeping.js';
import { Leases } from './leases.js';
import { guarded } from './observer.js';
import { pause } from './pause.js';
import { Publication } from './publication.js';
import type { RelayContext } from './relay-context.js';
import { RelayDatabase } from './relay-database.js';
import { Sender } from './sender.js';
import { WakeUp } from './wake-up.js';

export interface RelayHealth {
  /** Whether the broker answered when it was last spoken to, at most about two seconds ago. */
  readonly connected: boolean;
  /** Why not. */
  readonly reason?: string;
}

/**
 * Publishes the outbox to Kafka. Any number of relays may run on one table, in one process or many. What is promised,
 * and to whom: see Publication (order) and Leases (sharing).
 */
export class OutboxRelay {
  readonly #logger = new Logger(OutboxRelay.name);
  readonly #stop = new AbortController();
  readonly #wakeUp = new WakeUp();
  readonly #database: RelayDatabase;
  readonly #relay: RelayContext;
  readonly #publication: Publication;
  readonly #housekeeping: Housekeeping;
  #started = false;
  #loops: Promise<unknown> = Promise.resolve();
  #stopped: Promise<void> | undefined;
  #complaining = false;

  constructor(settings: OutboxSettings, database: PoolConfig) {
    const { relay, kafka, instance, observer = {} } = settings;
    this.#database = new RelayDatabase(database, (error) =>
      this.#logger.debug(`Idle connection: ${error.message}`),
    );
    this.#relay = {
      settings: relay,
      database: this.#database,
      sender: new Sender(kafka, relay.sendDeadline),
      leases: new Leases(this.#database, relay.lease, instance),
      observer: guarded(observer, this.#logger),
      wakeUp: this.#wakeUp,
      stopping: this.#stop.signal,
    };
    this.#publication = new Publication(this.#relay);
    this.#housekeeping = new Housekeeping(this.#relay);
  }

  /** Begins to relay, unless the options leave that to other processes. It connects in the background. */
  start(): void {
    if (!this.#relay.settings.enabled || this.#started || this.#stop.signal.aborted) return;
    this.#started = true;
    this.#loops = Promise.all([this.#holdLeases(), this.#publish(), this.#keepHouse()]);
  }

  /** There are new events. Costs nothing, and is not forgotten while the relay is busy. */
  wake(): void {
    this.#wakeUp.ring();
  }

  /**
   * Finishes the send that is under way, marks it, and passes its buckets on at once. Takes at most the send's deadline
   * and some seconds for a database that doesn't answer.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#finish();
    return this.#stopped;
  }

  /** From memory; asks nobody. */
  health(): RelayHealth {
    if (!this.#started || this.#stop.signal.aborted)
      return { connected: false, reason: 'the relay is not running' };
    const { failure } = this.#relay.sender;
    return failure ? { connected: false, reason: failure.message } : { connected: true };
  }

  /** Of the whole table, whoever relays it. One cheap statement. */
  async stats(): Promise<OutboxStats> {
    const [stats] = await this.#database.query(outboxStats());
    return stats ?? { pending: 0, oldestPendingSeconds: 0, setAside: 0 };
  }

  async #publish(): Promise<void> {
    const { settings, stopping } = this.#relay;
    const backoff = new Backoff(100, 2_000);
    while (!stopping.aborted) {
      await this.#wakeUp.next(settings.pollInterval);
      try {
        await this.#publication.drain();
        backoff.reset();
        this.#recover();
        await pause(settings.linger, stopping);
      } catch (error) {
        this.#complain(error);
        await pause(backoff.next(), stopping);
      }
    }
  }

  async #holdLeases(): Promise<void> {
    const { leases, sender, observer, settings, stopping } = this.#relay;
    const { inFlight } = this.#publication;
    let succeeded = false;
    while (!stopping.aborted) {
      try {
        if (!succeeded) await leases.succeedPredecessor();
        succeeded = true;
        if (await leases.renew((bucket) => inFlight.holds(bucket))) this.wake();
        observer.holding(leases.readable.length);
      } catch (error) {
        this.#complain(error);
      }
      void sender.ping().then(() => {
        if (sender.failure) this.#complain(sender.failure);
      });
      await pause(settings.renewInterval, stopping);
    }
  }

  async #keepHouse(): Promise<void> {
    const { stopping } = this.#relay;
    while (!stopping.aborted) {
      try {
        if (await this.#housekeeping.tick()) this.wake();
      } catch (error) {
        this.#complain(error);
      }
      await pause(2_000, stopping);
    }
  }

  async #finish(): Promise<void> {
    const { leases, sender } = this.#relay;
    this.#stop.abort();
    this.#wakeUp.ring();
    await this.#loops;
    if (this.#started) {
      const late = () => new Error('the database did not answer in time');
      try {
        await withDeadline(this.#publication.marked(), 5_000, late);
        await withDeadline(leases.leave(), 5_000, late);
      } catch (error) {
        this.#logger.warn(`The outbox's leases run out by themselves: ${messageOf(error)}`);
      }
    }
    await sender.close();
    await this.#database.end();
  }

  /** The first failure is told, and the end of the trouble: an outage of an hour is two lines, not thousands. */
  #complain(error: unknown): void {
    this.#relay.observer.failed(error);
    if (this.#complaining || this.#stop.signal.aborted) return;
    this.#complaining = true;
    this.#logger.warn(`Events wait in the outbox: ${messageOf(error)}`);
  }

  #recover(): void {
    if (!this.#complaining || this.#relay.sender.failure) return;
    this.#complaining = false;
    this.#logger.log('The outbox flows again.');
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
