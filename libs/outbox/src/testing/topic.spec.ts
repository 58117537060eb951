import { testBrokers, uniqueName } from '@semel/platform/testing';
import kafkajs, { type Consumer, type KafkaMessage } from 'kafkajs';

export interface Seen {
  readonly key: string;
  readonly value: Buffer;
  readonly json: unknown;
  readonly headers: Record<string, string>;
}

const kafka = () => new kafkajs.Kafka({ brokers: testBrokers(), logLevel: kafkajs.logLevel.NOTHING });

export async function createTopic(topic: string, maxMessageBytes?: number): Promise<void> {
  const admin = kafka().admin();
  await admin.connect();
  const configEntries = maxMessageBytes
    ? [{ name: 'max.message.bytes', value: String(maxMessageBytes) }]
    : [];
  await admin.createTopics({ topics: [{ topic, numPartitions: 3, configEntries }], waitForLeaders: false });
  // The broker may say that it doesn't host the topic for a moment longer.
  for (let ready = false; !ready; ) {
    ready = await admin.fetchTopicMetadata({ topics: [topic] }).then(
      () => true,
      () => false,
    );
  }
  await admin.disconnect();
}

export async function deleteTopic(topic: string): Promise<void> {
  const admin = kafka().admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  while ((await admin.listTopics()).includes(topic)) await new Promise((resolve) => setTimeout(resolve, 20));
  await admin.disconnect();
}

/** A topic of the test's own and everything that arrives on it. */
export class TestTopic {
  readonly seen: Seen[] = [];
  #arrived: (() => void)[] = [];

  private constructor(
    readonly name: string,
    private readonly consumer: Consumer,
  ) {}

  static async create(options: { maxMessageBytes?: number } = {}): Promise<TestTopic> {
    const name = uniqueName('outbox');
    await createTopic(name, options.maxMessageBytes);
    return await TestTopic.follow(name);
  }

  static async follow(name: string): Promise<TestTopic> {
    const consumer = kafka().consumer({
      groupId: uniqueName('reader'),
      // Closing waits for the fetch under way.
      maxWaitTimeInMs: 50,
    });
    const topic = new TestTopic(name, consumer);
    await consumer.connect();
    await consumer.subscribe({ topic: name, fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => topic.#take(message) });
    return topic;
  }

  /** Resolves with everything seen so far once it satisfies `enough`. */
  async until(enough: (seen: readonly Seen[]) => boolean): Promise<readonly Seen[]> {
    while (!enough(this.seen)) await new Promise<void>((resolve) => this.#arrived.push(resolve));
    return this.seen;
  }

  count(messages: number): Promise<readonly Seen[]> {
    return this.until((seen) => seen.length >= messages);
  }

  /** Resolves with everything seen before the message of this key. */
  untilKey(key: string): Promise<readonly Seen[]> {
    return this.until((seen) => seen.some((message) => message.key === key));
  }

  async close(): Promise<void> {
    await this.consumer.disconnect();
  }

  #take({ key, value, headers = {} }: KafkaMessage): void {
    const bytes = value ?? Buffer.alloc(0);
    this.seen.push({
      key: String(key),
      value: bytes,
      json: JSON.parse(bytes.toString()),
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
    });
    for (const tell of this.#arrived.splice(0)) tell();
  }
}

/** The values of each key in the order of their first occurrences. */
export function firstOccurrences(seen: readonly Seen[]): Map<string, unknown[]> {
  const valuesOf = new Map<string, unknown[]>();
  const known = new Set<string>();
  for (const { key, value, json, headers } of seen) {
    const id = `${headers.ce_id} ${value.toString()}`;
    if (known.has(id)) continue;
    known.add(id);
    valuesOf.set(key, [...(valuesOf.get(key) ?? []), json]);
  }
  return valuesOf;
}
