import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { CannotTellError, sentenceOf } from '../cannot-tell.js';

/** The first offset that a topic's partition still has, and the one that the next message will get. */
export interface Extent {
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

/** The cluster, read only. */
export class Cluster {
  private constructor(
    readonly kafka: Kafka,
    private readonly admin: Admin,
  ) {}

  /** @throws CannotTellError */
  static async open(brokers: readonly string[]): Promise<Cluster> {
    const kafka = new kafkajs.Kafka({
      clientId: 'semel-reconcile',
      brokers: [...brokers],
      connectionTimeout: 10_000,
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { retries: 5, initialRetryTime: 300, maxRetryTime: 3_000 },
    });
    const admin = kafka.admin();
    return orCannotTell(`Kafka at ${brokers.join(', ')} can't be reached`, async () => {
      await admin.connect();
      return new Cluster(kafka, admin);
    });
  }

  extents(topic: string): Promise<Extent[]> {
    return orCannotTell(`The topic ${topic} can't be read`, async () =>
      (await this.admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
        partition,
        low: BigInt(low),
        high: BigInt(high),
      })),
    );
  }

  topics(): Promise<string[]> {
    return orCannotTell('The topics can’t be listed', () => this.admin.listTopics());
  }

  /** What the group has consumed of a topic, by partition: the offset that it reads next. */
  consumed(groupId: string, topic: string): Promise<ReadonlyMap<number, bigint>> {
    return orCannotTell(`The offsets of the group ${groupId} can't be read`, async () => {
      const [answer] = await this.admin.fetchOffsets({ groupId, topics: [topic] });
      // -1: nothing was ever committed, so the group starts at the beginning.
      return new Map(
        (answer?.partitions ?? []).map(({ partition, offset }) => [
          partition,
          BigInt(offset) < 0n ? 0n : BigInt(offset),
        ]),
      );
    });
  }

  forget(groupId: string): Promise<unknown> {
    return orCannotTell(`The group ${groupId} can't be removed`, () => this.admin.deleteGroups([groupId]));
  }

  close(): Promise<void> {
    return this.admin.disconnect();
  }
}

export async function orCannotTell<Result>(what: string, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    throw new CannotTellError(`${what}: ${sentenceOf(error)}.`, { cause: error });
  }
}
