import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionSource } from '../connection.js';
import { identityOf, lockNamesOf } from '../identity.js';
import type { Operation } from '../operation.js';
import { lookUpKeys } from '../sql/look-up-keys.js';
import { probeLocks } from '../sql/probe-locks.js';
import { within } from './deadline.js';
import { type Deferred, deferred } from './deferred.js';
import type { Flights } from './flights.js';
import type { EngineObserver } from './observer.js';

/** How often the waiters of this process ask, all at once, what became of operations of other processes; milliseconds. */
const interval = 100;

interface Waited {
  readonly operation: Operation;
  readonly over: Deferred<void>;
  waiters: number;
}

/**
 * Where requests wait for the first one's answer. Waiters hold no connection: for an operation of this process they
 * hear of its end directly; for all others one statement asks for everybody, ten times a second.
 */
export class WaitRoom {
  private readonly waited = new Map<string, Waited>();
  private occupied = 0;
  private ticking = false;

  constructor(
    private readonly connections: ConnectionSource,
    private readonly flights: Flights,
    private readonly seats: number,
    private readonly observer: EngineObserver = {},
  ) {}

  /** How many wait at this moment. */
  get size(): number {
    return this.occupied;
  }

  /**
   * Waits until the operation may be over.
   *
   * @returns false when the time is up or the room is full
   */
  async wait(operation: Operation, milliseconds: number): Promise<boolean> {
    if (milliseconds <= 0 || this.occupied >= this.seats) return false;
    this.seat(1);
    try {
      return await this.untilOver(operation, performance.now() + milliseconds);
    } finally {
      this.seat(-1);
    }
  }

  private async untilOver(operation: Operation, until: number): Promise<boolean> {
    const flight = this.flights.find(operation);
    if (!flight) return this.untilOverElsewhere(operation, until);
    const said = flight.executing ? 'executing' : await within(flight.claimed, until - performance.now());
    if (said === undefined) return false;
    if (said === 'executing') return isBefore(until, flight.finished);
    // A claim that only met another process's lock ends at once. Whoever asked again at its end would make the next such
    // claim, for which others wait, and so on: hundreds of waiters kept each other claiming, 45 times a second.
    return said.kind === 'in-flight' ? this.untilOverElsewhere(operation, until) : true;
  }

  private async untilOverElsewhere(operation: Operation, until: number): Promise<boolean> {
    const over = this.over(operation);
    try {
      return await isBefore(until, over);
    } finally {
      this.leave(operation);
    }
  }

  private seat(change: 1 | -1): void {
    this.occupied += change;
    this.observer.waiting?.(this.occupied);
  }

  private over(operation: Operation): Promise<void> {
    const identity = identityOf(operation);
    const waited = this.waited.get(identity) ?? { operation, over: deferred<void>(), waiters: 0 };
    waited.waiters += 1;
    this.waited.set(identity, waited);
    void this.tick();
    return waited.over.promise;
  }

  private leave(operation: Operation): void {
    const identity = identityOf(operation);
    const waited = this.waited.get(identity);
    if (waited && --waited.waiters <= 0) this.waited.delete(identity);
  }

  private async tick(): Promise<void> {
    if (this.ticking) return;
    this.ticking = true;
    try {
      while (this.waited.size > 0) {
        await pause(interval);
        await this.release().catch(() => {
          // The database is away: whoever waits goes on waiting until his time is up.
        });
      }
    } finally {
      this.ticking = false;
    }
  }

  /** Lets go whoever waits for a key that is finished, or that nobody holds any more. */
  private async release(): Promise<void> {
    const waiting = [...this.waited.values()];
    if (waiting.length === 0) return;
    const connection = await this.connections.connect();
    try {
      const names = waiting.map(({ operation }) => lockNamesOf(operation));
      const { rows: held } = await connection.run(probeLocks(names));
      const { rows: known } = await connection.run(lookUpKeys(waiting.map(({ operation }) => operation)));
      connection.release();
      const locks = new Set(held.map(({ lock }) => lock));
      const finished = new Set(known.filter(({ status }) => status === 'Processed').map(identityOf));
      const leased = new Set(
        known.filter((row) => row.status === 'Received' && !row.abandoned).map(identityOf),
      );
      waiting.forEach(({ operation, over }, index) => {
        const lock = names[index]?.lock;
        const identity = identityOf(operation);
        const isHeld = (lock !== undefined && locks.has(lock)) || leased.has(identity);
        if (finished.has(identity) || !isHeld) over.resolve();
      });
    } catch (error) {
      connection.release(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }
}

async function isBefore(until: number, end: Promise<void>): Promise<boolean> {
  return (
    (await within(
      end.then(() => true),
      until - performance.now(),
    )) ?? false
  );
}
