import { testBrokers, uniqueName } from '@semel/platform/testing';
import kafkajs, { type Consumer } from 'kafkajs';

export interface Seen {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Everything that arrives on a topic. */
export class TopicReader {
  private readonly seen: Seen[] = [];
  private waiting: (() => void)[] = [];

  private constructor(private readonly consumer: Consumer) {}

  static async open(topic: string): Promise<TopicReader> {
    const kafka = new kafkajs.Kafka({ brokers: testBrokers(), logLevel: kafkajs.logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: uniqueName('reader'), maxWaitTimeInMs: 50 });
    const reader = new TopicReader(consumer);
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message: { key, value, headers = {} } }) => {
        const texts = Object.entries(headers).map(([name, header]) => [name, String(header)] as const);
        reader.seen.push({ key, value, headers: Object.fromEntries(texts) });
        for (const tell of reader.waiting.splice(0)) tell();
      },
    });
    return reader;
  }

  /** What has arrived for a key. */
  of(key: string): Seen[] {
    return this.seen.filter((message) => message.key?.toString() === key);
  }

  /** Resolves once so many messages satisfy the condition. */
  async until(count: number, wanted: (message: Seen) => boolean): Promise<Seen[]> {
    for (;;) {
      const found = this.seen.filter(wanted);
      if (found.length >= count) return found;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  untilKey(key: string, count = 1): Promise<Seen[]> {
    return this.until(count, (message) => message.key?.toString() === key);
  }

  close(): Promise<void> {
    return this.consumer.disconnect();
  }
}
