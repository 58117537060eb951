import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { buckets } from '../bucket.js';
import { leave } from '../sql/leave.js';
import { releaseLeases } from '../sql/release-leases.js';
import { renewLeases } from '../sql/renew-leases.js';
import { succeed } from '../sql/succeed.js';
import { takeLeases } from '../sql/take-leases.js';
import type { Database } from './relay-database.js';

/**
 * The buckets that this relay may send from. The database's clock decides who holds a bucket; the relay itself goes by
 * a monotonic clock started before it asked, which always runs out first.
 *
 * Leases keep two relays from sending the same event. The order of a key doesn't hang on them: whoever sends, sends a
 * key from its oldest unacknowledged event on, so a relay that was stopped past its lease and goes on can only repeat.
 */
export class Leases {
  readonly relay = randomUUID();
  #held = new Set<number>();
  #heldUntil = 0;

  constructor(
    private readonly database: Database,
    private readonly milliseconds: number,
    private readonly instance: string | undefined,
  ) {}

  /** Buckets to read from. Those that are about to be given back are no longer among them. */
  get readable(): number[] {
    return [...this.#held];
  }

  reads(bucket: number): boolean {
    return this.#held.has(bucket);
  }

  /** Whether the leases last for another `milliseconds`. */
  cover(milliseconds: number): boolean {
    return performance.now() + milliseconds <= this.#heldUntil;
  }

  async succeedPredecessor(): Promise<void> {
    if (this.instance !== undefined) await this.database.query(succeed(this.instance));
  }

  /**
   * Renews, gives back what is above a fair share, takes what is free below it. A bucket with events in flight stays
   * until they are settled.
   * @returns whether buckets came in
   */
  async renew(inFlight: (bucket: number) => boolean): Promise<boolean> {
    const asked = performance.now();
    const [renewed] = await this.database.query(
      renewLeases(this.relay, this.instance ?? null, this.milliseconds),
    );
    if (!renewed) return false;
    const share = Math.ceil(buckets / (renewed.others + 1));
    this.#held = new Set(renewed.buckets.slice(0, share));
    this.#heldUntil = asked + this.milliseconds;
    await this.#giveBack(renewed.buckets.slice(share).filter((bucket) => !inFlight(bucket)));
    return await this.#take(share - renewed.buckets.length);
  }

  /** Gives everything back at once. */
  async leave(): Promise<void> {
    this.#held.clear();
    this.#heldUntil = 0;
    await this.database.query(leave(this.relay));
  }

  async #giveBack(idle: readonly number[]): Promise<void> {
    if (idle.length > 0) await this.database.query(releaseLeases(this.relay, idle));
  }

  async #take(missing: number): Promise<boolean> {
    if (missing <= 0) return false;
    const taken = await this.database.query(takeLeases(this.relay, missing, this.milliseconds));
    for (const { bucket } of taken) this.#held.add(bucket);
    return taken.length > 0;
  }
}
