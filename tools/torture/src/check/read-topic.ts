import { randomUUID } from 'node:crypto';
import type { IHeaders, Kafka } from 'kafkajs';
import type { TopicRecord } from './evidence.js';

/** Everything that a topic holds now. @throws Error where nothing comes for 20 s */
export async function readTopic(kafka: Kafka, topic: string): Promise<TopicRecord[]> {
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  const missing = new Map(
    ends.flatMap(({ partition, high, low }) =>
      Number(high) > Number(low) ? [[partition, Number(high)]] : [],
    ),
  );
  const records: TopicRecord[] = [];
  const groupId = `semel-torture-${randomUUID()}`;
  if (missing.size > 0) {
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 50 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      let silence = setTimeout(() => undefined, 0);
      const hear = (): void => {
        clearTimeout(silence);
        silence = setTimeout(() => reject(new Error(`Nothing more came of ${topic} within 20 s.`)), 20_000);
      };
      hear();
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            hear();
            const end = missing.get(batch.partition);
            if (end === undefined) return;
            for (const { offset, key, value, headers = {} } of batch.messages) {
              if (Number(offset) >= end) continue;
              records.push({
                partition: batch.partition,
                offset: Number(offset),
                key: key?.toString() ?? null,
                value: value?.toString() ?? null,
                headers: textsOf(headers),
              });
            }
            if (Number(batch.lastOffset()) + 1 >= end) missing.delete(batch.partition);
            if (missing.size === 0) {
              clearTimeout(silence);
              resolve();
            }
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
  await admin.disconnect();
  return records.sort((left, right) => left.partition - right.partition || left.offset - right.offset);
}

function textsOf(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      String(Array.isArray(value) ? value.at(-1) : value),
    ]),
  );
}
