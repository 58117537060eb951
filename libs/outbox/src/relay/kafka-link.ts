import kafkajs, {
  type Admin,
  type KafkaConfig,
  type Message,
  type Producer,
  type TopicMessages,
} from 'kafkajs';
import { protocolErrorOf } from './refusal.js';
import { SeverableSockets } from './severable-sockets.js';

/**
 * One idempotent producer, and an admin client to ask after topics, over sockets that can be cut together. It lives
 * until its first failed send: kafkajs takes back the sequence numbers of every partition of a failed request, also of
 * those that the broker had taken, and the broker would then drop the next, different batch as a repeat of the old one:
 * acknowledged, and lost. A new producer starts with an id and sequences of its own.
 */
export class KafkaLink {
  readonly #sockets: SeverableSockets;
  readonly #producer: Producer;
  readonly #admin: Admin;
  readonly #known = new Set<string>();

  constructor(
    config: KafkaConfig,
    private readonly sendDeadline: number,
  ) {
    this.#sockets = new SeverableSockets(config.socketFactory);
    const kafka = new kafkajs.Kafka({
      logLevel: kafkajs.logLevel.NOTHING,
      connectionTimeout: 3_000,
      requestTimeout: sendDeadline,
      ...config,
      socketFactory: this.#sockets.factory,
      retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 500 },
    });
    this.#producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      // A topic that was made in passing would have the broker's default of partitions, not the contract's.
      allowAutoTopicCreation: false,
      createPartitioner: steadyPartitioner,
      // Within one producer a repeat is recognised by the broker, so trying again here is better than anew. The count
      // outlasts the deadline; after the cut it ends the retries that kafkajs would go on with for ever.
      retry: { retries: Math.ceil(sendDeadline / 250) + 5, initialRetryTime: 100, maxRetryTime: 500 },
    });
    this.#admin = kafka.admin();
  }

  async connect(): Promise<void> {
    await Promise.all([this.#producer.connect(), this.#admin.connect()]);
  }

  /** Resolves once every replica in sync has every message. */
  async send(topicMessages: TopicMessages[]): Promise<void> {
    await this.#producer.sendBatch({ acks: -1, timeout: this.sendDeadline, topicMessages });
  }

  /** @throws the broker's refusal of the topic. A topic is asked for once a link. */
  async require(topic: string): Promise<void> {
    if (this.#known.has(topic)) return;
    await this.#describe(topic);
    this.#known.add(topic);
  }

  /** Resolves when a broker answers, whatever it says. */
  async ping(): Promise<void> {
    const [topic = '__consumer_offsets'] = this.#known;
    try {
      await this.#describe(topic);
    } catch (error) {
      if (protocolErrorOf(error) === undefined) throw error;
    }
  }

  async #describe(topic: string): Promise<void> {
    try {
      await this.#admin.fetchTopicMetadata({ topics: [topic] });
    } catch (error) {
      // kafkajs swallows what a broker answers while a topic's leaders are being elected, and trips over the gap.
      if (error instanceof TypeError) throw new Error(`Kafka can't describe ${topic} yet`, { cause: error });
      throw error;
    }
  }

  /** Cuts the sockets: nothing that was handed to this link is sent from now on. */
  sever(): void {
    this.#sockets.sever();
  }

  async close(): Promise<void> {
    await Promise.all([this.#producer.disconnect(), this.#admin.disconnect()]);
  }
}

/**
 * Kafka's default partitioner (murmur2 of the key), asked once a message: kafkajs asks again at each retry, and with
 * partitions added in between a retried batch could differ from the one that the broker remembers by its sequence.
 */
const steadyPartitioner: typeof kafkajs.Partitioners.DefaultPartitioner = () => {
  const partition = kafkajs.Partitioners.DefaultPartitioner();
  const chosen = new WeakMap<Message, number>();
  return (args) => {
    const earlier = chosen.get(args.message);
    if (earlier !== undefined) return earlier;
    const now = partition(args);
    chosen.set(args.message, now);
    return now;
  };
};
