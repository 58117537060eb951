import { randomUUID } from 'node:crypto';
import type { Databases, Statement } from '../database.js';

/**
 * Delivers late: takes every bucket of both outboxes for a while and sends nothing, as a relay would that died a moment after it
 * had taken them. The services' own relays leave the buckets alone until the lease has run out by the database's clock.
 */
export class LateEvents {
  private readonly relay = randomUUID();
  private until = 0;

  constructor(private readonly databases: Databases) {}

  /** Seconds for which events still wait; 0 where nothing is held back. */
  get remainingSeconds(): number {
    return Math.max(0, Math.ceil((this.until - performance.now()) / 1_000));
  }

  async hold(seconds: number): Promise<void> {
    await this.onBoth(takeBuckets(this.relay, seconds));
    this.until = performance.now() + seconds * 1_000;
  }

  async letGo(): Promise<void> {
    if (this.remainingSeconds === 0) return;
    await this.onBoth(releaseBuckets(this.relay));
    this.until = 0;
  }

  private async onBoth(statement: Statement<never>): Promise<void> {
    await Promise.all([this.databases.order.query(statement), this.databases.inventory.query(statement)]);
  }
}

/** In the order of the buckets, lest it deadlocks with itself; a relay takes what it finds unlocked. */
function takeBuckets(relay: string, seconds: number): Statement<never> {
  return {
    text: `
      WITH locked AS MATERIALIZED (SELECT bucket FROM outbox_lease ORDER BY bucket FOR NO KEY UPDATE)
      UPDATE outbox_lease SET relay = $1, expires_at = clock_timestamp() + $2 * interval '1 second'
      WHERE bucket IN (SELECT bucket FROM locked)`,
    values: [relay, seconds],
  };
}

function releaseBuckets(relay: string): Statement<never> {
  return {
    text: 'UPDATE outbox_lease SET relay = NULL, expires_at = NULL WHERE relay = $1',
    values: [relay],
  };
}
