import type { KafkaConfig } from 'kafkajs';
import type { Backoff } from './backoff.js';
import { KafkaOptionsError } from './errors.js';
import type { KafkaLogger } from './logger.js';
import type { KafkaObserver } from './observer.js';
import type { ParkedKeys } from './parked-keys.js';

/** A topic that is created where it is missing; one that exists is left as it is. */
export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  /** Default -1: the brokers' own default. */
  readonly replicationFactor?: number;
  /** Topic configuration such as `{ 'retention.ms': '604800000' }`. Default: `compression.type` is `uncompressed`. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface KafkaTransportOptions {
  /** Brokers, TLS, SASL, client id: kafkajs's own shape. */
  readonly kafka: KafkaConfig;
  /** The consumer group. It is used as it is, without a suffix. */
  readonly groupId: string;
  /** The topics that are consumed. Each needs a handler, and each gets a parking lot `<topic>.dlq`. */
  readonly topics: readonly TopicSpec[];
  /** Topics that this service only writes to, created at start as well. */
  readonly publishes?: readonly TopicSpec[];
  /**
   * Is this error a passing one (a database or broker that is down), so that the message is retried, not parked?
   * Default: network errors of Node.js and errors with `retriable: true`. Give your database's classification.
   */
  readonly isTransient?: (error: unknown) => boolean;
  /**
   * Parks keys whole: what follows a parked message of its key waits behind it in the parking lot, in order, until that was
   * replayed. Default: messages are parked one by one, and their key goes on. Each handler then needs the option `consumer`.
   */
  readonly parkedKeys?: ParkedKeys;
  /**
   * How long the handlers' inbox remembers a processed message, in milliseconds. The transport then refuses to start where a
   * topic may keep messages longer, and parks older ones as `expired`. Default: nothing is checked.
   */
  readonly inboxRetentionMs?: number;
  readonly logger?: KafkaLogger;
  readonly observer?: KafkaObserver;
  /**
   * The consumer died for good. Default: a listener of `transport.on('fatal', …)`; where there is none either, the
   * error is thrown as an uncaught exception, for a process that consumes nothing must not look alive.
   */
  readonly onFatal?: (error: Error) => void;
  /** Most messages that are handed over at once, and between two commits. Default 500. */
  readonly maxBatch?: number;
  /** Partitions whose messages are handed over at the same time. Default 4. */
  readonly partitionsConsumedConcurrently?: number;
  /** A handler that takes longer runs on alone: its partition is paused, the others go on. Default 1,000 ms. */
  readonly slowHandlerMs?: number;
  /** Waits between the retries of a partition. Default 200 ms, doubled up to 5 s. */
  readonly backoff?: Backoff;
  /**
   * How long the partitions of a process that was killed wait for another one. Default 6,000, the least that brokers
   * allow by default; heartbeats don't depend on how long a handler runs.
   */
  readonly sessionTimeoutMs?: number;
  /** Default 60,000. */
  readonly rebalanceTimeoutMs?: number;
  /** Default 1,500; at most a third of the session time-out. */
  readonly heartbeatIntervalMs?: number;
  /** How long a broker may hold an empty fetch: also how late a resumed partition is noticed. Default 250 ms. */
  readonly maxWaitMs?: number;
  /** How late partitions that were added to a topic are noticed, at most. Default 60,000 ms. */
  readonly metadataMaxAgeMs?: number;
  /** Default 1 MiB; also bounds how far a partition runs ahead of a message that is retried. */
  readonly maxBytesPerPartition?: number;
  /** How long start-up waits for the group before it goes on, unready, without it. Default 5,000 ms. */
  readonly startPatienceMs?: number;
  /** How long close() waits for running handlers. Default 25,000 ms. */
  readonly closeTimeoutMs?: number;
}

const defaults = {
  maxBatch: 500,
  partitionsConsumedConcurrently: 4,
  slowHandlerMs: 1_000,
  backoff: { initialMs: 200, maxMs: 5_000 },
  sessionTimeoutMs: 6_000,
  rebalanceTimeoutMs: 60_000,
  heartbeatIntervalMs: 1_500,
  maxWaitMs: 250,
  metadataMaxAgeMs: 60_000,
  maxBytesPerPartition: 1_048_576,
  startPatienceMs: 5_000,
  closeTimeoutMs: 25_000,
} as const;

const counts = [
  'maxBatch',
  'partitionsConsumedConcurrently',
  'slowHandlerMs',
  'sessionTimeoutMs',
  'rebalanceTimeoutMs',
  'heartbeatIntervalMs',
  'maxWaitMs',
  'metadataMaxAgeMs',
  'maxBytesPerPartition',
  'startPatienceMs',
  'closeTimeoutMs',
] as const;

type Defaulted = keyof typeof defaults;
export type CheckedOptions = Omit<KafkaTransportOptions, Defaulted> &
  Required<Pick<KafkaTransportOptions, Defaulted>>;

/** @throws KafkaOptionsError naming the option, its value and the cure. */
export function checkOptions(given: KafkaTransportOptions): CheckedOptions {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const options: CheckedOptions = { ...given, ...defaults, ...set };
  const { brokers } = options.kafka ?? {};
  if (
    typeof brokers !== 'function' &&
    !(Array.isArray(brokers) && brokers.length > 0 && brokers.every(isText))
  ) {
    throw new KafkaOptionsError('kafka.brokers', brokers, 'give at least one "host:port"');
  }
  if (!isText(options.groupId)) {
    throw new KafkaOptionsError(
      'groupId',
      options.groupId,
      'give the consumer group a name that never changes',
    );
  }
  checkTopics(options);
  const { inboxRetentionMs } = options;
  if (inboxRetentionMs !== undefined && !(inboxRetentionMs > 0)) {
    throw new KafkaOptionsError('inboxRetentionMs', inboxRetentionMs, 'give milliseconds or leave it out');
  }
  for (const name of counts) {
    const value = options[name];
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new KafkaOptionsError(name, value, 'give a whole number from 1 on');
    }
  }
  const { initialMs, maxMs } = options.backoff;
  if (!(initialMs >= 1 && maxMs >= initialMs && Number.isFinite(maxMs))) {
    throw new KafkaOptionsError('backoff', options.backoff, 'give 1 <= initialMs <= maxMs in milliseconds');
  }
  if (options.heartbeatIntervalMs * 3 > options.sessionTimeoutMs) {
    throw new KafkaOptionsError(
      'heartbeatIntervalMs',
      options.heartbeatIntervalMs,
      `give at most a third of sessionTimeoutMs (${options.sessionTimeoutMs}), or the group drops a member for one lost heartbeat`,
    );
  }
  for (const name of ['isTransient', 'onFatal'] as const) {
    const value = options[name];
    if (value !== undefined && typeof value !== 'function') {
      throw new KafkaOptionsError(name, value, 'give a function or leave it out');
    }
  }
  return options;
}

// The name of a topic and of its parking lot: 249 characters at most (org.apache.kafka.common.internals.Topic).
const topicName = /^[A-Za-z0-9._-]{1,245}$/;

function checkTopics(options: CheckedOptions): void {
  if (!Array.isArray(options.topics) || options.topics.length === 0) {
    throw new KafkaOptionsError('topics', options.topics, 'name at least one topic to consume');
  }
  const seen = new Set<string>();
  for (const [option, specs] of [
    ['topics', options.topics],
    ['publishes', options.publishes ?? []],
  ] as const) {
    for (const [index, spec] of specs.entries()) {
      const at = `${option}[${index}]`;
      if (!topicName.test(spec.topic)) {
        throw new KafkaOptionsError(`${at}.topic`, spec.topic, 'use 1 to 245 of A-Z a-z 0-9 . _ -');
      }
      if (seen.has(spec.topic))
        throw new KafkaOptionsError(`${at}.topic`, spec.topic, 'declare each topic once');
      seen.add(spec.topic);
      if (!Number.isSafeInteger(spec.partitions) || spec.partitions < 1) {
        throw new KafkaOptionsError(`${at}.partitions`, spec.partitions, 'give a whole number from 1 on');
      }
    }
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
