import { setTimeout as wait } from 'node:timers/promises';
import { isTransient } from '@semel/idempotency';
import { parkingLotOf } from '@semel/kafka';
import kafkajs, { type Consumer, type EachBatchPayload, type Kafka, type KafkaConfig } from 'kafkajs';
import { addEntry } from '../sql/add-entry.js';
import { entryOf, type ParkingEntry } from './entry.js';
import type { RunStatement } from './run-statement.js';

/** Where the reader tells what it can't do. */
export interface ReaderLog {
  warn(message: string): void;
  error(message: string): void;
}

export interface Lots {
  /** The consumer group of the service whose parking lots they are: the reader's own is named after it. */
  readonly group: string;
  /** The topics that the service consumes. */
  readonly topics: readonly string[];
}

const stopPatienceMs = 2_000;
const pauseMs = { least: 250, most: 5_000 };

/**
 * Reads the parking lots of a service and enters what is in them into its database. It has no say in the service's work: while the
 * database or the broker is down it waits, and what it reads twice is one entry. Offsets are committed after the rows.
 */
export class LotReader {
  private readonly end = new AbortController();
  private running: Promise<void> | undefined;
  private consumer: Consumer | undefined;
  private complaining = false;
  private pause: number = pauseMs.least;

  constructor(
    private readonly config: KafkaConfig,
    private readonly run: RunStatement,
    private readonly log: ReaderLog,
  ) {}

  /** Begins in the background. The parking lots exist once the service has joined its group. */
  start(lots: Lots): void {
    if (this.end.signal.aborted) return;
    this.running ??= this.keepReading(lots);
  }

  /**
   * kafkajs waits for every answer that it has asked for, also for the one to its joining the group, which may take as long as the
   * session of a member that was killed. What is cut off is read again, and is one entry.
   */
  async stop(): Promise<void> {
    this.end.abort();
    const patience = new AbortController();
    const late = wait(stopPatienceMs, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([this.running, late]);
    patience.abort();
  }

  private async keepReading(lots: Lots): Promise<void> {
    const kafka = new kafkajs.Kafka({
      logLevel: kafkajs.logLevel.NOTHING,
      requestTimeout: 10_000,
      retry: { initialRetryTime: 200, maxRetryTime: 1_000, retries: 3 },
      ...this.config,
    });
    while (!this.end.signal.aborted) {
      try {
        await this.read(kafka, lots);
      } catch (error) {
        this.complain(`The parking lots can't be read, trying again: ${String(error)}`);
      }
      await this.consumer?.disconnect().catch(() => {});
      this.consumer = undefined;
      await this.sleep(this.pause);
      this.pause = Math.min(this.pause * 2, pauseMs.most);
    }
  }

  /** Resolves when it is stopped. @throws what kafkajs gave up for */
  private async read(kafka: Kafka, { group, topics }: Lots): Promise<void> {
    const consumer = kafka.consumer({
      groupId: `${group}.parking`,
      allowAutoTopicCreation: false,
      // Closing waits for the fetch under way.
      maxWaitTimeInMs: 500,
      sessionTimeout: 10_000,
      // kafkajs starts a consumer again also after it was told to disconnect, where that happens while it joins its group: it
      // would live on, and keep its process alive. We start it again ourselves.
      retry: { restartOnFailure: async () => false },
    });
    this.consumer = consumer;
    const topicOf = new Map(topics.map((topic) => [parkingLotOf(topic), topic]));
    await consumer.connect();
    // From the beginning: what was parked before there was a register belongs in it too.
    await consumer.subscribe({ topics: [...topicOf.keys()], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      this.end.signal.addEventListener('abort', () => resolve(), { once: true });
      if (this.end.signal.aborted) resolve();
      consumer.on(consumer.events.CRASH, ({ payload: { error } }) => reject(error));
      consumer.on(consumer.events.GROUP_JOIN, () => {
        this.pause = pauseMs.least;
      });
      consumer
        .run({
          eachBatchAutoResolve: false,
          eachBatch: (payload) => this.enter(topicOf.get(payload.batch.topic) ?? '', payload),
        })
        .catch(reject);
    });
  }

  private async enter(
    topic: string,
    { batch, heartbeat, resolveOffset, isRunning, isStale }: EachBatchPayload,
  ) {
    for (const record of batch.messages) {
      const entry = entryOf(topic, batch.partition, record);
      while (!(await this.add(entry))) {
        await heartbeat();
        await this.sleep(1_000);
        if (this.end.signal.aborted || !isRunning() || isStale()) return;
      }
      resolveOffset(record.offset);
    }
  }

  /** @returns false where it is worth trying again */
  private async add(entry: ParkingEntry): Promise<boolean> {
    try {
      await this.run(addEntry(entry));
      this.complaining = false;
      return true;
    } catch (error) {
      if (isTransient(error)) {
        this.complain(`A parked message can't be entered now, trying again: ${String(error)}`);
        return false;
      }
      // It stays in the parking lot, and keeps no other message out of the register.
      const { topic, at } = entry;
      this.log.error(`The parked message ${topic} ${JSON.stringify(at)} can't be entered: ${String(error)}`);
      return true;
    }
  }

  /** Once an outage, not once a try. */
  private complain(sentence: string): void {
    if (this.complaining || this.end.signal.aborted) return;
    this.complaining = true;
    this.log.warn(sentence);
  }

  private async sleep(milliseconds: number): Promise<void> {
    await wait(milliseconds, undefined, { signal: this.end.signal }).catch(() => {});
  }
}
