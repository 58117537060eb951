import { uniqueName } from '@semel/platform/testing';
import kafkajs, { type Consumer, type Kafka } from 'kafkajs';

export interface ReadMessage {
  readonly key: string | undefined;
  readonly value: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads topics from their beginning, as any other service would, and lets a spec wait for what it expects. */
export class TopicReader {
  private readonly messages = new Map<string, ReadMessage[]>();
  private readonly watchers = new Set<() => void>();

  private constructor(private readonly consumer: Consumer) {}

  static async open(kafka: Kafka, ...topics: string[]): Promise<TopicReader> {
    const consumer = kafka.consumer({ groupId: uniqueName('reader'), maxWaitTimeInMs: 50 });
    const reader = new TopicReader(consumer);
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ topic, message: { key, value, headers = {} } }) => {
        const texts = Object.entries(headers).map(([name, text]) => [name, String(text)]);
        const read = { key: key?.toString(), value: value?.toString(), headers: Object.fromEntries(texts) };
        reader.messages.set(topic, [...reader.of(topic), read]);
        for (const look of [...reader.watchers]) look();
      },
    });
    return reader;
  }

  of(topic: string): readonly ReadMessage[] {
    return this.messages.get(topic) ?? [];
  }

  /** The messages of a key once there are so many; the test's own time-out is the limit. */
  until(topic: string, key: string, count: number): Promise<readonly ReadMessage[]> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.of(topic).filter((message) => message.key === key);
        if (found.length < count) return;
        this.watchers.delete(look);
        resolve(found);
      };
      this.watchers.add(look);
      look();
    });
  }

  close(): Promise<void> {
    return this.consumer.disconnect();
  }
}

export function kafkaAt(brokers: string[]): Kafka {
  return new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING });
}
