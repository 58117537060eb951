import { setTimeout as wait } from 'node:timers/promises';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { waitBeforeRetry } from './backoff.js';
import { asError } from './errors.js';
import { PartitionPass } from './partition-pass.js';
import { PartitionProgress } from './progress.js';
import type { Subscription } from './subscription.js';
import type { Surroundings } from './surroundings.js';

/** A partition that waits for its next attempt. */
export interface WaitingPartition {
  readonly topic: string;
  readonly partition: number;
  readonly attempt: number;
  readonly since: Date;
  readonly error: string;
}

// While other keys get on, the one that is stuck costs them no more than this.
const longestWaitWhileAdvancing = 1_000;
// Answers to a commit which say that the group is being formed anew: kafkajs's next heartbeat hears the same and
// rejoins, and whoever owns the partition then reads these messages again.
const membershipLost = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
  'NOT_COORDINATOR_FOR_GROUP',
]);

/**
 * One partition during one assignment. It never throws for pacing: to wait, it pauses its partition and resumes it by a
 * timer, and kafkajs fetches again from the first unresolved message.
 */
export class PartitionConsumer {
  private progress: PartitionProgress;
  private readonly end = new AbortController();
  private attempt = 0;
  private waitingSince: Date | undefined;
  private lastError = '';
  private committed = -1n;
  private resume: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly topic: string,
    readonly partition: number,
    private readonly subscriptions: readonly Subscription[],
    private readonly surroundings: Surroundings,
  ) {
    this.progress = new PartitionProgress(subscriptions);
  }

  /** Set while the partition waits for its next attempt. */
  get waiting(): WaitingPartition | undefined {
    if (this.waitingSince === undefined) return undefined;
    const { topic, partition, attempt, waitingSince: since, lastError: error } = this;
    return { topic, partition, attempt, since, error };
  }

  /** The assignment is over: no further offset is committed, no timer left, and kafkajs may fetch it again if it can. */
  revoke(): void {
    this.end.abort();
    this.wake();
  }

  /**
   * Takes a fetched batch. `running` settles when the handlers are through, `held` when kafkajs may go on fetching: at
   * once after `running`, or when the handlers take so long that they go on alone with their partition paused.
   */
  take(payload: EachBatchPayload, previous: Promise<void>): { running: Promise<void>; held: Promise<void> } {
    const running = previous.then(() => this.run(payload));
    return { running, held: this.hold(payload, running) };
  }

  private async hold(payload: EachBatchPayload, running: Promise<void>): Promise<void> {
    const { heartbeatIntervalMs, slowHandlerMs } = this.surroundings.options;
    let isRunning = true;
    const through = running.then(() => {
      isRunning = false;
    });
    // A heartbeat that fails needs no answer here: kafkajs sends one itself after each batch and acts on what it hears.
    const beat = setInterval(() => payload.heartbeat().catch(() => {}), heartbeatIntervalMs / 2);
    const patience = new AbortController();
    try {
      await Promise.race([
        through.finally(() => patience.abort()),
        wait(slowHandlerMs, undefined, { signal: patience.signal }).catch(() => {}),
      ]);
    } finally {
      clearInterval(beat);
    }
    if (isRunning && !this.end.signal.aborted) this.resume ??= payload.pause();
  }

  /** Never rejects. */
  private async run(payload: EachBatchPayload): Promise<void> {
    if (this.isOver()) {
      // Not begun: without a pause kafkajs would fetch the same again at once, for as long as the shutdown takes.
      if (!this.end.signal.aborted) payload.pause();
      return;
    }
    this.waitingSince = undefined;
    const retry = await this.work(payload).catch((error: unknown) => {
      this.surroundings.logger.error(`${this.name} could not be worked on: ${String(error)}`);
      return { error: asError(error), advanced: false };
    });
    if (this.isOver()) return;
    if (retry === undefined) {
      this.attempt = 0;
      this.wake();
      return;
    }
    this.waitForRetry(payload, retry);
  }

  private async work(payload: EachBatchPayload): Promise<{ error: Error; advanced: boolean } | undefined> {
    const { batch } = payload;
    this.forgetIfMadeAnew(batch.highWatermark);
    const { topic, partition, progress, subscriptions, surroundings } = this;
    surroundings.observer.received({
      topic,
      partition,
      messages: batch.messages.length,
      lag: Number(batch.offsetLag()),
    });
    const over = () => this.isOver();
    const pass = new PartitionPass(topic, partition, subscriptions, progress, surroundings, over);
    const unresolved = batch.messages.filter(({ offset }) => !progress.isResolved(offset));
    for (const window of windows(unresolved, surroundings.options.maxBatch)) {
      await pass.work(window);
      await this.commit(payload);
      if (pass.isHalted || this.isOver()) break;
    }
    if (batch.messages.every(({ offset }) => progress.isResolved(offset)) || this.isOver()) {
      await this.commit(payload);
      return undefined;
    }
    return { error: pass.retryError ?? new Error('a message has no verdict'), advanced: pass.advanced };
  }

  /** A log never gets shorter, unless its topic was made anew: then its offsets count other messages than those that are known. */
  private forgetIfMadeAnew(end: string): void {
    if (BigInt(end) >= this.committed) return;
    this.surroundings.logger.warn(`${this.name} ends at ${end}, before what was committed: it was made anew`);
    this.progress = new PartitionProgress(this.subscriptions);
    this.committed = -1n;
  }

  /** Commits up to the first unresolved message of the batch, and lets the next fetch start there. */
  private async commit(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const first = batch.messages.find(({ offset }) => !this.progress.isResolved(offset));
    const next = first === undefined ? BigInt(batch.lastOffset()) + 1n : BigInt(first.offset);
    const start = batch.messages[0];
    if (next <= this.committed || start === undefined || next === BigInt(start.offset)) return;
    for (let attempt = 0; !this.end.signal.aborted; attempt += 1) {
      try {
        payload.resolveOffset(String(next - 1n));
        const { topic, partition } = this;
        const position = { topic, partitions: [{ partition, offset: String(next) }] };
        await payload.commitOffsetsIfNecessary({ topics: [position] });
        this.committed = next;
        this.progress.resolveBefore(next);
        const lag = Number(BigInt(batch.highWatermark) - next);
        this.surroundings.observer.committed({ topic, partition, offset: String(next), lag });
        return;
      } catch (error) {
        this.surroundings.logger.debug?.(`The offset of ${this.name} was not committed: ${String(error)}`);
        // While closing one attempt is enough: what is not committed is delivered again and known again.
        if (isMembershipLost(error) || this.isOver()) return;
        const delayMs = waitBeforeRetry(this.surroundings.options.backoff, attempt);
        await wait(delayMs, undefined, { signal: this.end.signal }).catch(() => {});
      }
    }
  }

  private waitForRetry(
    payload: EachBatchPayload,
    { error, advanced }: { error: Error; advanced: boolean },
  ): void {
    const { options, observer, logger } = this.surroundings;
    const wished = waitBeforeRetry(options.backoff, this.attempt);
    const delayMs = advanced ? Math.min(wished, longestWaitWhileAdvancing) : wished;
    this.attempt += 1;
    this.waitingSince = new Date();
    this.lastError = error.message;
    this.resume ??= payload.pause();
    this.timer = setTimeout(() => this.wake(), delayMs);
    const { topic, partition, attempt } = this;
    logger.warn(`${this.name} waits ${delayMs} ms for attempt ${attempt + 1}: ${error.message}`);
    observer.waiting({ topic, partition, attempt, delayMs, error });
  }

  private wake(): void {
    clearTimeout(this.timer);
    const { resume } = this;
    this.resume = undefined;
    resume?.();
  }

  private isOver(): boolean {
    return this.end.signal.aborted || this.surroundings.isClosing();
  }

  private get name(): string {
    return `Partition ${this.topic}/${this.partition}`;
  }
}

function* windows(messages: readonly KafkaMessage[], size: number): Generator<KafkaMessage[]> {
  for (let start = 0; start < messages.length; start += size) yield messages.slice(start, start + size);
}

function isMembershipLost(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'type' in error && membershipLost.has(String(error.type))
  );
}
