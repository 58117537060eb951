import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Consumer, IHeaders, Kafka, KafkaMessage, Producer } from 'kafkajs';

/** Where a message lies, and what it is. */
export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly type: string;
  /** Milliseconds since 1970, by the broker. */
  readonly at: number;
  /** Sent once more by the tap. */
  readonly copy: boolean;
}

const topics = ['purchases', 'reservations'];
/** The groups that consume them, by topic. */
const groups = { purchases: 'inventory', reservations: 'order' } as const;
const copyHeader = 'semel-demo-copy';
/** Messages of a partition that are read back when somebody begins to look. */
const lookBack = 300n;
const rememberedKeys = 5_000;
const recordsOfKey = 40;
const mostWaiting = 5_000;
/** How long it goes on listening when nobody asks any more. */
const idle = 120_000;

/**
 * Listens to both topics beside the services' own groups: it knows where each order's events lie, and can send each of them once
 * more. It connects when it is first asked and leaves when nobody asks, so that a stack without spectators pays nothing for it.
 */
export class TopicTap {
  /** Seconds after which every event is sent again; undefined while none is. */
  private repeatAfter: number | undefined;
  private copies = 0;
  private waiting = 0;
  private records = new Map<string, TopicRecord[]>();
  private session: { readonly stop: () => Promise<void> } | undefined;
  private admin: Promise<Admin> | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly kafka: Kafka) {}

  get repeating(): { readonly afterSeconds: number | null; readonly copies: number } {
    return { afterSeconds: this.repeatAfter ?? null, copies: this.copies };
  }

  /** From now on each event is sent once more, so many seconds after it; undefined ends it. */
  repeat(afterSeconds: number | undefined): void {
    this.repeatAfter = afterSeconds;
    this.listen();
  }

  /** Where the events of an order lie, as far as the tap has heard of them. */
  recordsOf(orderId: string): readonly TopicRecord[] {
    this.listen();
    return this.records.get(orderId) ?? [];
  }

  /** The offset up to which the service that a topic is for has committed, by `topic/partition`. */
  async committed(): Promise<ReadonlyMap<string, string>> {
    try {
      return await this.asked(async (admin) => {
        const found = await Promise.all(
          Object.entries(groups).map(async ([topic, groupId]) => {
            const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
            return (offsets?.partitions ?? []).map(
              ({ partition, offset }) => [`${topic}/${partition}`, offset] as const,
            );
          }),
        );
        return new Map(found.flat());
      });
    } catch {
      // The broker was killed: what is committed is not known until it is back.
      return new Map();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.idleTimer);
    await this.session?.stop();
    await this.leaveAdmin();
  }

  /** Asks the broker something; whoever asks next after a failure asks by a connection that knows nothing. */
  private async asked<Answer>(question: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    this.admin ??= this.connectedAdmin();
    try {
      return await question(await this.admin);
    } catch (error) {
      await this.leaveAdmin();
      throw error;
    }
  }

  private async connectedAdmin(): Promise<Admin> {
    const admin = this.kafka.admin({ retry: { retries: 1 } });
    await admin.connect();
    return admin;
  }

  private async leaveAdmin(): Promise<void> {
    const { admin } = this;
    this.admin = undefined;
    // One that never connected has nothing to leave, and a broker that was killed hears no goodbye.
    await admin?.then((connected) => connected.disconnect()).catch(() => undefined);
  }

  private listen(): void {
    if (this.closed) return;
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => {
      if (this.repeatAfter !== undefined) return this.listen();
      const { session } = this;
      this.session = undefined;
      void session?.stop();
    }, idle).unref();
    this.session ??= this.begin();
  }

  private begin(): { readonly stop: () => Promise<void> } {
    const stopping = new AbortController();
    const running = this.followWhile(stopping.signal);
    return {
      stop: async () => {
        stopping.abort();
        await running;
      },
    };
  }

  /** Whenever the broker dies, which is what it is for here, everything begins anew with clients that know nothing. */
  private async followWhile(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const consumer = this.kafka.consumer({
        groupId: `semel-control-${randomUUID()}`,
        retry: { retries: 1, restartOnFailure: async () => false },
      });
      const producer = this.kafka.producer({ allowAutoTopicCreation: false, retry: { retries: 1 } });
      try {
        await this.follow(consumer, producer, signal);
      } catch {
        // Not there, or killed on purpose. Nothing is missing meanwhile but the picture.
      } finally {
        await Promise.allSettled([consumer.disconnect(), producer.disconnect()]);
      }
      await delay(1_000, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Until the consumer dies or the signal comes. */
  private async follow(consumer: Consumer, producer: Producer, signal: AbortSignal): Promise<void> {
    const over = new Promise<void>((resolve) => {
      consumer.on(consumer.events.CRASH, () => resolve());
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.all([consumer.connect(), producer.connect()]);
    await consumer.subscribe({ topics, fromBeginning: false });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message }) => this.hear(topic, partition, message, producer),
    });
    await this.seekBack(consumer);
    await over;
  }

  private async seekBack(consumer: Consumer): Promise<void> {
    for (const topic of topics) {
      for (const { partition, low, high } of await this.asked((admin) => admin.fetchTopicOffsets(topic))) {
        const from = BigInt(high) - lookBack;
        consumer.seek({ topic, partition, offset: String(from > BigInt(low) ? from : low) });
      }
    }
  }

  private hear(topic: string, partition: number, message: KafkaMessage, producer: Producer): void {
    const copy = message.headers?.[copyHeader] !== undefined;
    const isNew = this.remember(message.key?.toString('utf8') ?? '', {
      topic,
      partition,
      offset: message.offset,
      type: textOf(message.headers?.ce_type),
      at: Number(message.timestamp),
      copy,
    });
    const { repeatAfter } = this;
    const heardLate = Date.now() - Number(message.timestamp) > 5_000;
    if (repeatAfter === undefined || !isNew || copy || heardLate || this.waiting >= mostWaiting) return;
    this.waiting += 1;
    setTimeout(() => void this.sendCopy(topic, partition, message, producer), repeatAfter * 1_000).unref();
  }

  private async sendCopy(
    topic: string,
    partition: number,
    { key, value, headers }: KafkaMessage,
    producer: Producer,
  ): Promise<void> {
    const marked: IHeaders = { ...headers, [copyHeader]: '1' };
    try {
      await producer.send({ topic, messages: [{ key, value, headers: marked, partition }] });
      this.copies += 1;
    } catch {
      // The broker was killed meanwhile. A copy that was never sent is no loss.
    } finally {
      this.waiting -= 1;
    }
  }

  /** @returns whether it was not heard before */
  private remember(key: string, record: TopicRecord): boolean {
    const known = this.records.get(key) ?? [];
    // Sought back, or rebalanced: it was heard before.
    const same = ({ topic, partition, offset }: TopicRecord) =>
      topic === record.topic && partition === record.partition && offset === record.offset;
    if (known.some(same)) return false;
    this.records.delete(key);
    this.records.set(key, [...known, record].slice(-recordsOfKey));
    if (this.records.size > rememberedKeys) {
      const [oldest] = this.records.keys();
      if (oldest !== undefined) this.records.delete(oldest);
    }
    return true;
  }
}

function textOf(header: IHeaders[string]): string {
  const value = Array.isArray(header) ? header[0] : header;
  return value === undefined ? '' : value.toString();
}
