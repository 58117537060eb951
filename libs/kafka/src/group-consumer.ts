import { setTimeout as wait } from 'node:timers/promises';
import kafkajs, { type Cluster, type Consumer, type EachBatchPayload, type Kafka } from 'kafkajs';
import { waitBeforeRetry } from './backoff.js';
import { asError, ConsumerDiedError, KafkaRetentionError } from './errors.js';
import { takeOutOfGroup } from './former-member.js';
import type { ParkingLot } from './parking-lot.js';
import { PartitionConsumer, type WaitingPartition } from './partition-consumer.js';
import type { Subscription } from './subscription.js';
import type { Surroundings } from './surroundings.js';
import { prepareTopics } from './topics.js';

export type ConsumerState = 'starting' | 'joining' | 'joined' | 'away' | 'dead' | 'closed';

export interface GroupConsumerEvents {
  joined(): void;
  /** It will not come back by itself: it died, or must not run. */
  fatal(error: ConsumerDiedError | KafkaRetentionError): void;
}

// A broker that has just started, or a cluster that elects, has no coordinator for the group yet. kafkajs takes that for
// final, although it passes.
const noCoordinator = 'KafkaJSGroupCoordinatorNotFound';

// Brokers that are away are knocked at this often at least: so long after their return nobody consumes.
const longestAwayMs = 2_000;

// kafkajs's name of the request.
const joinGroup = 'JoinGroup';

/** The membership in the group: it comes up, comes back, and hands each partition's batches to its PartitionConsumer. */
export class GroupConsumer {
  private consumer: Consumer | undefined;
  private partitions = new Map<string, PartitionConsumer>();
  /** Handlers that run, by partition: across assignments, so that a partition is never worked on twice at once here. */
  private readonly running = new Map<string, Promise<void>>();
  private readonly end = new AbortController();
  private opening: Promise<void> | undefined;
  private isReportedDown = false;
  private isPrepared = false;
  /** How often it had to be opened anew since it was last in the group. */
  private crashes = 0;
  /** kafkajs's own judgement of the crash that it is about to report: it passes. */
  private isPassing = false;
  /** By which the brokers know this member, until it has left. */
  private memberId: string | undefined;

  state: ConsumerState = 'starting';
  /** When a broker last confirmed the membership, or that it is being arranged, in milliseconds of a monotonic clock. */
  confirmedAt = Number.NEGATIVE_INFINITY;
  lastError: Error | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly subscriptions: ReadonlyMap<string, readonly Subscription[]>,
    private readonly lot: ParkingLot,
    private readonly surroundings: Surroundings,
    private readonly events: GroupConsumerEvents,
  ) {}

  open(): void {
    this.opening = this.connectUntilDone();
  }

  get waiting(): WaitingPartition[] {
    return [...this.partitions.values()].flatMap(({ waiting }) => (waiting === undefined ? [] : [waiting]));
  }

  /**
   * Waits for the running handlers and their commits, then leaves the group. `surroundings.isClosing()` must already be
   * true, so that nothing new is begun.
   */
  async close(): Promise<void> {
    this.end.abort();
    const { closeTimeoutMs } = this.surroundings.options;
    await this.opening;
    await this.within(closeTimeoutMs, Promise.all(this.running.values()), 'handlers still run');
    for (const partition of this.partitions.values()) partition.revoke();
    // kafkajs first waits for its last fetch, which a broker that hangs answers late or never.
    await this.within(closeTimeoutMs, this.consumer?.disconnect(), 'the brokers do not answer');
    this.state = 'closed';
  }

  private async within(
    limitMs: number,
    work: Promise<unknown> | undefined,
    otherwise: string,
  ): Promise<void> {
    const patience = new AbortController();
    const late = wait(limitMs, 'late', { signal: patience.signal }).catch(() => 'in time');
    const outcome = await Promise.race([Promise.resolve(work).then(() => 'in time'), late]);
    patience.abort();
    if (outcome === 'in time') return;
    this.surroundings.logger.warn(
      `Closing after ${limitMs} ms although ${otherwise}: what is not committed will be delivered again.`,
    );
  }

  private async connectUntilDone(): Promise<void> {
    for (let attempt = 0; !this.end.signal.aborted; attempt += 1) {
      try {
        await this.connect();
        return;
      } catch (thrown) {
        if (thrown instanceof KafkaRetentionError) return this.giveUp(thrown);
        this.state = 'away';
        this.reportDown(asError(thrown));
        await this.consumer?.disconnect().catch(() => {});
        await this.waitAway(attempt);
      }
    }
  }

  /** kafkajs has put its consumer away: a new one takes its place. */
  private async reopen(opened: Promise<void> | undefined): Promise<void> {
    await opened;
    await this.waitAway(this.crashes);
    this.crashes += 1;
    await this.connectUntilDone();
  }

  private async waitAway(attempt: number): Promise<void> {
    const { initialMs, maxMs } = this.surroundings.options.backoff;
    const backoff = { initialMs, maxMs: Math.min(maxMs, longestAwayMs) };
    await wait(waitBeforeRetry(backoff, attempt), undefined, { signal: this.end.signal }).catch(() => {});
  }

  private async connect(): Promise<void> {
    const { options, logger } = this.surroundings;
    await prepareTopics(this.kafka, options, logger, { create: !this.isPrepared });
    this.isPrepared = true;
    await this.lot.open();
    let cluster: Cluster | undefined;
    const consumer = this.kafka.consumer({
      groupId: options.groupId,
      partitionAssigners: [
        (config) => {
          cluster = config.cluster;
          return kafkajs.PartitionAssigners.roundRobin(config);
        },
      ],
      sessionTimeout: options.sessionTimeoutMs,
      rebalanceTimeout: options.rebalanceTimeoutMs,
      heartbeatInterval: options.heartbeatIntervalMs,
      maxWaitTimeInMs: options.maxWaitMs,
      metadataMaxAge: options.metadataMaxAgeMs,
      maxBytesPerPartition: options.maxBytesPerPartition,
      allowAutoTopicCreation: false,
      retry: {
        // Set here because kafkajs takes others where NODE_ENV is "test".
        initialRetryTime: 200,
        maxRetryTime: 1_000,
        multiplier: 2,
        factor: 0.2,
        retries: 5,
        // kafkajs asks this of what passes alone, and would start again as a new member, with its former self still in the
        // group: everybody would wait for that one's session.
        restartOnFailure: async () => {
          this.isPassing = true;
          return false;
        },
      },
    });
    this.consumer = consumer;
    this.listenTo(consumer);
    await consumer.connect();
    await this.takeFormerSelfOut(cluster);
    // From the beginning: what was sent before the group's first commit is not lost.
    await consumer.subscribe({ topics: [...this.subscriptions.keys()], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: options.partitionsConsumedConcurrently,
      eachBatch: (payload) => this.eachBatch(payload),
    });
  }

  private async takeFormerSelfOut(cluster: Cluster | undefined): Promise<void> {
    const { memberId } = this;
    if (memberId === undefined || cluster === undefined) return;
    const { options, logger } = this.surroundings;
    await takeOutOfGroup(cluster, options.groupId, memberId).catch((error: unknown) => {
      logger.debug?.(`The former member ${memberId} goes at the end of its session: ${String(error)}`);
    });
    this.memberId = undefined;
  }

  private listenTo(consumer: Consumer): void {
    const { events } = consumer;
    const confirmed = () => {
      this.confirmedAt = performance.now();
    };
    consumer.on(events.GROUP_JOIN, ({ payload }) => {
      confirmed();
      this.memberId = payload.memberId;
      this.crashes = 0;
      this.assign(payload.memberAssignment);
    });
    // The coordinator's first answer gives a member id; the second one may wait for the session of a member that died.
    consumer.on(events.REQUEST, ({ payload: { apiName } }) => {
      if (apiName !== joinGroup || this.state === 'joined') return;
      this.state = 'joining';
      confirmed();
    });
    consumer.on(events.HEARTBEAT, confirmed);
    consumer.on(events.COMMIT_OFFSETS, confirmed);
    consumer.on(events.REBALANCING, () => {
      if (this.state === 'joined') this.state = 'joining';
    });
    consumer.on(events.CRASH, ({ payload: { error } }) => this.crashed(error));
  }

  /** Emitted by kafkajs before the first fetch of a generation: whatever was known of the one before ends here. */
  private assign(assignment: Readonly<Record<string, readonly number[]>>): void {
    for (const partition of this.partitions.values()) partition.revoke();
    this.partitions = new Map();
    this.state = 'joined';
    this.isReportedDown = false;
    this.surroundings.logger.log(
      `Joined group ${this.surroundings.options.groupId}: ${describe(assignment)}`,
    );
    this.surroundings.observer.joined(assignment);
    this.events.joined();
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    const name = `${topic}/${partition}`;
    const consumer = this.partitionConsumer(name, topic, partition);
    const { running, held } = consumer.take(payload, this.running.get(name) ?? Promise.resolve());
    this.running.set(name, running);
    void running.then(() => {
      if (this.running.get(name) === running) this.running.delete(name);
    });
    await held;
  }

  private partitionConsumer(name: string, topic: string, partition: number): PartitionConsumer {
    const known = this.partitions.get(name);
    if (known !== undefined) return known;
    const subscriptions = this.subscriptions.get(topic) ?? [];
    const fresh = new PartitionConsumer(topic, partition, subscriptions, this.surroundings);
    this.partitions.set(name, fresh);
    return fresh;
  }

  private crashed(error: Error): void {
    const isPassing = this.isPassing || error.name === noCoordinator;
    this.isPassing = false;
    if (this.end.signal.aborted) return;
    if (!isPassing) {
      this.giveUp(new ConsumerDiedError(this.surroundings.options.groupId, error));
      return;
    }
    this.state = 'away';
    this.reportDown(error);
    this.opening = this.reopen(this.opening);
  }

  private giveUp(error: ConsumerDiedError | KafkaRetentionError): void {
    this.state = 'dead';
    this.lastError = error;
    this.surroundings.logger.error(error.message);
    this.events.fatal(error);
  }

  /** Said aloud once an outage, not once an attempt. */
  private reportDown(error: Error): void {
    this.lastError = error;
    const sentence = `Kafka cannot be reached or the group not be joined, trying again: ${error.message}`;
    if (this.isReportedDown) this.surroundings.logger.debug?.(sentence);
    else this.surroundings.logger.warn(sentence);
    this.isReportedDown = true;
  }
}

function describe(assignment: Readonly<Record<string, readonly number[]>>): string {
  const owned = Object.entries(assignment).map(([topic, partitions]) => `${topic} [${partitions.join(' ')}]`);
  return owned.join(', ') || 'no partition';
}
