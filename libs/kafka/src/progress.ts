import type { Subscription } from './subscription.js';

/** What is still to be done for one message. */
export interface Progress {
  /** The handlers that have not settled it. */
  readonly waiting: Set<Subscription>;
  /** Reasons for which it must lie in the parking lot, and does not yet. */
  readonly toPark: Map<string, Error>;
}

/**
 * What this process knows, during one assignment of a partition, about the messages from the first unresolved one on:
 * what a retry must not do again.
 */
export class PartitionProgress {
  private readonly byOffset = new Map<string, Progress>();
  private resolvedBefore = 0n;

  constructor(private readonly subscriptions: readonly Subscription[]) {}

  of(offset: string): Progress {
    const known = this.byOffset.get(offset);
    if (known !== undefined) return known;
    const progress: Progress = { waiting: new Set(this.subscriptions), toPark: new Map() };
    this.byOffset.set(offset, progress);
    return progress;
  }

  isResolved(offset: string): boolean {
    if (BigInt(offset) < this.resolvedBefore) return true;
    const progress = this.byOffset.get(offset);
    return progress !== undefined && progress.waiting.size === 0 && progress.toPark.size === 0;
  }

  /** All messages before `next` are resolved: of them no more needs to be known. */
  resolveBefore(next: bigint): void {
    this.resolvedBefore = next;
    for (const offset of this.byOffset.keys()) {
      if (BigInt(offset) < next) this.byOffset.delete(offset);
    }
  }
}
