import { randomUUID } from 'node:crypto';
import kafkajs, { type Admin, type Kafka, type KafkaMessage } from 'kafkajs';

export interface Record {
  readonly partition: number;
  readonly key: string;
  readonly type: string;
  readonly message: KafkaMessage;
}

/** What an operator of the broker sees of topics and groups. */
export class Cluster {
  private constructor(
    readonly kafka: Kafka,
    readonly admin: Admin,
  ) {}

  static async connect(brokers: string): Promise<Cluster> {
    const kafka = new kafkajs.Kafka({ brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    return new Cluster(kafka, admin);
  }

  async close(): Promise<void> {
    await this.admin.disconnect();
  }

  /** The client ids of a group's members. */
  async members(groupId: string): Promise<string[]> {
    const { groups } = await this.admin.describeGroups([groupId]);
    return groups.flatMap(({ members }) => members.map(({ clientId }) => clientId)).sort();
  }

  /** How many messages of the topic the group has not committed. */
  async lag(groupId: string, topic: string): Promise<number> {
    const [committed] = await this.admin.fetchOffsets({ groupId, topics: [topic] });
    // The committed offsets first: what is behind them can only grow.
    const ends = await this.admin.fetchTopicOffsets(topic);
    return ends.reduce((sum, { partition, high, low }) => {
      const stored = Number(committed?.partitions.find((one) => one.partition === partition)?.offset ?? -1);
      return sum + Number(high) - Math.max(stored, Number(low));
    }, 0);
  }

  /** All that the topic has now, each partition in its order. */
  async records(topic: string): Promise<Record[]> {
    const ends = await this.admin.fetchTopicOffsets(topic);
    const missing = new Map(
      ends.flatMap(({ partition, low, high }) => (low === high ? [] : [[partition, Number(high)]])),
    );
    const found: Record[] = [];
    if (missing.size === 0) return found;
    const consumer = this.kafka.consumer({ groupId: `e2e-${randomUUID()}`, maxWaitTimeInMs: 50 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const eachMessage = async ({ partition, message }: kafkajs.EachMessagePayload) => {
        const { key, headers, offset } = message;
        found.push({ partition, key: String(key), type: String(headers?.ce_type), message });
        if (Number(offset) + 1 >= (missing.get(partition) ?? 0)) missing.delete(partition);
        if (missing.size === 0) resolve();
      };
      consumer.run({ autoCommit: false, eachMessage }).catch(reject);
    });
    await consumer.disconnect();
    return found;
  }
}
