import type { ConnectionSource } from '../connection.js';
import { extendLeases } from '../sql/extend-leases.js';
import { runAutocommitted } from './bounded-transaction.js';
import type { Lease } from './lease.js';

/** How soon to try again when a heartbeat failed or a row was locked; milliseconds. */
const retryInterval = 250;

/**
 * Extends the leases of a process, all that are due with one statement, and tells an operation as soon as its lease is
 * known to be gone: the database says so, or it has not answered for as long as the lease lasts.
 */
export class Heartbeat {
  /** When each lease's next beat is due, by performance.now(). */
  private readonly due = new Map<Lease, number>();
  private timer: NodeJS.Timeout | undefined;
  private beating = false;

  constructor(private readonly connections: ConnectionSource) {}

  keep(lease: Lease): void {
    this.due.set(lease, performance.now() + lease.times.heartbeat * 1_000);
    this.schedule();
  }

  drop(lease: Lease): void {
    this.due.delete(lease);
    this.schedule();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.due.size === 0) return;
    const now = performance.now();
    const next = [...this.due].map(([lease, due]) =>
      Math.min(lease.left, this.beating ? Number.POSITIVE_INFINITY : due - now),
    );
    this.timer = setTimeout(() => this.tick(), Math.max(1, Math.min(...next)));
  }

  private tick(): void {
    for (const lease of this.due.keys()) {
      if (lease.left === 0) this.lose(lease, 'it could not be extended in time');
    }
    const now = performance.now();
    const leases = [...this.due].filter(([, due]) => due <= now).map(([lease]) => lease);
    if (leases.length > 0 && !this.beating) void this.beat(leases);
    this.schedule();
  }

  private async beat(leases: readonly Lease[]): Promise<void> {
    this.beating = true;
    const asked = performance.now();
    try {
      const statement = extendLeases(
        leases.map(({ scope, key, fence, times }) => ({ scope, key, fence, seconds: times.lease })),
      );
      const patience = Math.min(...leases.map(({ times }) => times.heartbeat * 1_000));
      const rows = await runAutocommitted(this.connections, statement, patience);
      const answers = new Map(rows.map((row) => [row.fence, row]));
      for (const lease of leases) {
        const answer = answers.get(lease.fence);
        if (answer?.extended) {
          lease.extended(asked);
          this.postpone(lease, lease.times.heartbeat * 1_000);
        } else if (answer?.held) {
          this.postpone(lease, retryInterval);
        } else {
          this.lose(lease, 'its lease ran out and somebody else may have it');
        }
      }
    } catch {
      // Whatever failed: the lease's own end, by this process's clock, decides when it is lost.
      for (const lease of leases) this.postpone(lease, retryInterval);
    } finally {
      this.beating = false;
      this.schedule();
    }
  }

  private postpone(lease: Lease, milliseconds: number): void {
    if (this.due.has(lease)) this.due.set(lease, performance.now() + milliseconds);
  }

  private lose(lease: Lease, why: string): void {
    // Finished in the meantime: its row says so, and nothing is lost.
    if (this.due.delete(lease)) lease.lose(why);
  }
}
