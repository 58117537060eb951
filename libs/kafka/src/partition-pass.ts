import type { KafkaMessage } from 'kafkajs';
import { Delivery } from './delivery.js';
import { type Due, duesOf, type Source } from './due.js';
import { KeyParking } from './key-parking.js';
import type { Verdict } from './message.js';
import type { Parking } from './parking-lot.js';
import type { PartitionProgress } from './progress.js';
import type { Subscription } from './subscription.js';
import type { Surroundings } from './surroundings.js';

/** One attempt at the unresolved messages of a fetched batch, window by window. */
export class PartitionPass {
  private readonly ways: ReadonlyMap<Subscription, Way>;
  private readonly source: Source;
  private parkingError: Error | undefined;
  /** Did anything get settled? */
  advanced = false;

  constructor(
    private readonly topic: string,
    private readonly partition: number,
    private readonly subscriptions: readonly Subscription[],
    private readonly progress: PartitionProgress,
    private readonly surroundings: Surroundings,
    stopped: () => boolean,
  ) {
    this.source = { topic, partition, refuseFromAgeMs: refusedAge(surroundings.options.inboxRetentionMs) };
    this.ways = new Map(subscriptions.map((one) => [one, wayOf(one, surroundings, stopped)]));
  }

  /** Why the partition must be tried again, once all windows are through. */
  get retryError(): Error | undefined {
    const errors = [...this.ways.values()].map(({ keys, delivery }) => keys?.error ?? delivery.retryError);
    return this.parkingError ?? errors.find((error) => error !== undefined);
  }

  /** True when going on would only find the same dependency down. */
  get isHalted(): boolean {
    return (
      this.parkingError !== undefined ||
      [...this.ways.values()].every(({ keys, delivery }) => keys?.error !== undefined || delivery.isHalted)
    );
  }

  /** Reads the messages, hands them to their handlers and parks what can't be processed. */
  async work(window: readonly KafkaMessage[]): Promise<void> {
    const due = new Map<Subscription, Due[]>(this.subscriptions.map((one) => [one, []]));
    for (const sent of window) this.prepare(sent, due);
    // Each handler on its own: one that is slow or fails holds up the next batch, never the other's verdicts.
    await Promise.all([...due].map(([subscription, dues]) => this.handOver(subscription, dues)));
    await this.park(window);
  }

  /** Reads one message and puts it on the list of each handler that still owes a verdict. */
  private prepare(sent: KafkaMessage, due: ReadonlyMap<Subscription, Due[]>): void {
    const { waiting } = this.progress.of(sent.offset);
    if (waiting.size === 0) return;
    const dues = duesOf(sent, this.source, this.subscriptions);
    for (const subscription of [...waiting]) {
      const own = dues.get(subscription);
      if (own === undefined) waiting.delete(subscription);
      else due.get(subscription)?.push(own);
    }
  }

  private async handOver(subscription: Subscription, dues: readonly Due[]): Promise<void> {
    const way = this.ways.get(subscription);
    if (way === undefined || dues.length === 0) return;
    const started = performance.now();
    const verdicts = await verdictsOf(way, dues);
    const counts: Record<Verdict['kind'], number> = { done: 0, retry: 0, park: 0 };
    for (const { kind, sent } of dues) {
      const verdict = verdicts.get(sent.offset);
      if (verdict === undefined) continue;
      if (kind === 'message') counts[verdict.kind] += 1;
      if (verdict.kind === 'retry') continue;
      const progress = this.progress.of(sent.offset);
      progress.waiting.delete(subscription);
      this.advanced = true;
      if (verdict.kind === 'park') progress.toPark.set(verdict.reason, verdict.error);
    }
    const messages = counts.done + counts.retry + counts.park;
    if (messages === 0) return;
    this.surroundings.observer.handled({
      topic: this.topic,
      partition: this.partition,
      handler: subscription.handler,
      messages,
      verdicts: counts,
      seconds: (performance.now() - started) / 1_000,
    });
  }

  private async park(window: readonly KafkaMessage[]): Promise<void> {
    const parkings = window.flatMap((sent): Parking[] => {
      const { toPark } = this.progress.of(sent.offset);
      return [...toPark].map(([reason, error]) => ({
        topic: this.topic,
        partition: this.partition,
        sent,
        reason,
        error,
      }));
    });
    if (parkings.length === 0) return;
    const { lot, logger, observer } = this.surroundings;
    try {
      await lot.park(parkings, ({ sent: { offset }, reason, error }) => {
        this.progress.of(offset).toPark.delete(reason);
        this.advanced = true;
        logger.warn(`Parked ${this.topic}/${this.partition}@${offset} as ${reason}: ${error.message}`);
        observer.parked({ topic: this.topic, partition: this.partition, offset, reason });
      });
    } catch (error) {
      this.parkingError = new Error(`the parking lot of ${this.topic} took no message: ${String(error)}`, {
        cause: error,
      });
    }
  }
}

/** How a handler's messages reach it: straight, or past the memory of parked keys. */
interface Way {
  readonly delivery: Delivery;
  readonly keys: KeyParking | undefined;
}

function wayOf(
  subscription: Subscription,
  { isTransient, options: { parkedKeys } }: Surroundings,
  stopped: () => boolean,
): Way {
  const delivery = new Delivery(subscription, isTransient, stopped);
  return { delivery, keys: parkedKeys && new KeyParking(parkedKeys, subscription, delivery, stopped) };
}

async function verdictsOf({ delivery, keys }: Way, dues: readonly Due[]): Promise<Map<string, Verdict>> {
  if (keys !== undefined) return keys.deliver(dues);
  const verdicts = await delivery.deliver(
    dues.flatMap((due) => (due.kind === 'message' ? [due.message] : [])),
  );
  for (const due of dues) {
    if (due.kind === 'refused')
      verdicts.set(due.sent.offset, { kind: 'park', reason: due.reason, error: due.error });
  }
  return verdicts;
}

// Clocks of brokers, producers and databases differ by this much at most, or by a tenth of a short retention.
const clockSkewMs = 60_000;

/** A processed message is remembered from its processing on, so at least from when it was sent. */
function refusedAge(inboxRetentionMs: number | undefined): number {
  if (inboxRetentionMs === undefined) return Number.POSITIVE_INFINITY;
  return inboxRetentionMs - Math.min(clockSkewMs, inboxRetentionMs / 10);
}
