import type { KafkaMessage } from 'kafkajs';
import { Delivery } from './delivery.js';
import { parkingReasons, type ReceivedMessage, type Verdict } from './message.js';
import type { Parking } from './parking-lot.js';
import type { PartitionProgress, Progress } from './progress.js';
import { readMessage } from './read-message.js';
import type { Subscription } from './subscription.js';
import type { Surroundings } from './surroundings.js';

/** One attempt at the unresolved messages of a fetched batch, window by window. */
export class PartitionPass {
  private readonly deliveries: ReadonlyMap<Subscription, Delivery>;
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
    const { isTransient } = surroundings;
    this.deliveries = new Map(subscriptions.map((one) => [one, new Delivery(one, isTransient, stopped)]));
  }

  /** Why the partition must be tried again, once all windows are through. */
  get retryError(): Error | undefined {
    const errors = [...this.deliveries.values()].map((delivery) => delivery.retryError);
    return this.parkingError ?? errors.find((error) => error !== undefined);
  }

  /** True when going on would only find the same dependency down. */
  get isHalted(): boolean {
    return (
      this.parkingError !== undefined || [...this.deliveries.values()].every((delivery) => delivery.isHalted)
    );
  }

  /** Reads the messages, hands them to their handlers and parks what can't be processed. */
  async work(window: readonly KafkaMessage[]): Promise<void> {
    const due = new Map<Subscription, ReceivedMessage[]>(this.subscriptions.map((one) => [one, []]));
    for (const sent of window) this.prepare(sent, due);
    // Each handler on its own: one that is slow or fails holds up the next batch, never the other's verdicts.
    await Promise.all([...due].map(([subscription, messages]) => this.handOver(subscription, messages)));
    await this.park(window);
  }

  /** Reads one message and puts it on the list of each handler that still owes a verdict. */
  private prepare(sent: KafkaMessage, due: ReadonlyMap<Subscription, ReceivedMessage[]>): void {
    const { progress, isNew } = this.progress.of(sent.offset);
    if (progress.waiting.size === 0) return;
    const reading = readMessage(this.topic, this.partition, sent);
    if (reading.kind === 'unreadable') {
      progress.waiting.clear();
      progress.toPark.set(reading.reason, reading.error);
      return;
    }
    const refusals = new Map<Subscription, { reason: string; error: Error }>();
    for (const subscription of this.subscriptions) {
      const decoded = decode(subscription, reading.message);
      if ('reason' in decoded) refusals.set(subscription, decoded);
      else if (progress.waiting.has(subscription)) due.get(subscription)?.push(decoded);
    }
    if (isNew) refuse(progress, refusals, refusals.size < this.subscriptions.length);
  }

  private async handOver(subscription: Subscription, messages: readonly ReceivedMessage[]): Promise<void> {
    const delivery = this.deliveries.get(subscription);
    if (delivery === undefined || messages.length === 0) return;
    const started = performance.now();
    const verdicts = await delivery.deliver(messages);
    const counts: Record<Verdict['kind'], number> = { done: 0, retry: 0, park: 0 };
    for (const [offset, verdict] of verdicts) {
      counts[verdict.kind] += 1;
      if (verdict.kind === 'retry') continue;
      const { progress } = this.progress.of(offset);
      progress.waiting.delete(subscription);
      this.advanced = true;
      if (verdict.kind === 'park') progress.toPark.set(verdict.reason, verdict.error);
    }
    this.surroundings.observer.handled({
      topic: this.topic,
      partition: this.partition,
      handler: subscription.handler,
      messages: verdicts.size,
      verdicts: counts,
      seconds: (performance.now() - started) / 1_000,
    });
  }

  private async park(window: readonly KafkaMessage[]): Promise<void> {
    const parkings = window.flatMap((sent): Parking[] => {
      const { toPark } = this.progress.of(sent.offset).progress;
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
        this.progress.of(offset).progress.toPark.delete(reason);
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

function decode(
  subscription: Subscription,
  message: ReceivedMessage,
): ReceivedMessage | { reason: string; error: Error } {
  if (subscription.decode === undefined) return message;
  try {
    const { key, type, value, headers } = message;
    const decoded = subscription.decode({ key, type, value, headers });
    if ('park' in decoded) return { reason: decoded.park, error: new Error(decoded.error) };
    return { ...message, value: decoded.value };
  } catch (error) {
    const sentence = `the decoder of ${subscription.handler} threw: ${String(error)}`;
    return { reason: parkingReasons.schemaViolation, error: new Error(sentence, { cause: error }) };
  }
}

/** A type that one handler of the topic does not know is another's business, if the other takes it. */
function refuse(
  progress: Progress,
  refusals: ReadonlyMap<Subscription, { reason: string; error: Error }>,
  isTakenByAnother: boolean,
): void {
  for (const [subscription, { reason, error }] of refusals) {
    progress.waiting.delete(subscription);
    if (reason === parkingReasons.unknownType && isTakenByAnother) continue;
    progress.toPark.set(reason, error);
  }
}
