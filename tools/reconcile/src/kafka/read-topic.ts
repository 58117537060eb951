import { randomUUID } from 'node:crypto';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { CannotTellError } from '../cannot-tell.js';
import { type Cluster, orCannotTell } from './connection.js';

export interface Read {
  readonly partition: number;
  readonly message: KafkaMessage;
}

const patience = 30_000;

/**
 * Reads all that a topic has at this moment, a fetched batch at a time, as a group of its own that commits nothing and is removed.
 * @param take is awaited before more of the partition is fetched
 * @returns how many messages there were
 */
export async function readTopic(
  cluster: Cluster,
  topic: string,
  take: (messages: readonly Read[]) => Promise<void>,
): Promise<number> {
  const extents = await cluster.extents(topic);
  /** What is still to be read, by partition: up to this offset. */
  const missing = new Map(
    extents.flatMap(({ partition, low, high }) => (low < high ? [[partition, high]] : [])),
  );
  if (missing.size === 0) return 0;
  const groupId = `semel-reconcile-${randomUUID()}`;
  const consumer = cluster.kafka.consumer({ groupId, maxWaitTimeInMs: 100, retry: { retries: 3 } });
  let count = 0;
  let sawLast: () => void = () => {};
  let gaveUp: (error: unknown) => void = () => {};
  const done = new Promise<void>((resolve, reject) => {
    sawLast = resolve;
    gaveUp = reject;
  });
  let silence = setTimeout(() => {}, 0);
  const hear = () => {
    clearTimeout(silence);
    silence = setTimeout(
      () =>
        gaveUp(new CannotTellError(`Nothing more came of the topic ${topic} within ${patience / 1_000} s.`)),
      patience,
    );
  };
  const eachBatch = async ({ batch, heartbeat }: EachBatchPayload): Promise<void> => {
    hear();
    const end = missing.get(batch.partition);
    if (end === undefined) return;
    const messages = batch.messages.filter(({ offset }) => BigInt(offset) < end);
    count += messages.length;
    try {
      await take(messages.map((message) => ({ partition: batch.partition, message })));
    } catch (error) {
      gaveUp(error);
      return;
    }
    await heartbeat();
    if (BigInt(batch.lastOffset()) + 1n >= end) missing.delete(batch.partition);
    if (missing.size === 0) sawLast();
  };
  try {
    await orCannotTell(`The topic ${topic} can't be read`, async () => {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      consumer.on(consumer.events.CRASH, ({ payload }) => gaveUp(payload.error));
      hear();
      await consumer.run({ autoCommit: false, eachBatch });
    });
    await done;
    return count;
  } finally {
    clearTimeout(silence);
    await consumer.disconnect();
    // The broker removes it some day anyway; it may still think that somebody is in it.
    await cluster.forget(groupId).catch(() => undefined);
  }
}
