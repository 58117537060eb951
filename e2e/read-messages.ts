import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';

export interface SentMessage {
  readonly type: string;
  readonly traceparent: string;
}

/** What both topics hold of a key, once there are so many; jest's own time limit ends it. */
export async function messagesOf(brokers: string, key: string, count: number): Promise<SentMessage[]> {
  const kafka = new kafkajs.Kafka({ brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `e2e-${randomUUID()}`, maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topics: ['purchases', 'reservations'], fromBeginning: true });
  const found: SentMessage[] = [];
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ message }) => {
          if (message.key?.toString() !== key) return;
          const { ce_type: type, traceparent } = message.headers ?? {};
          found.push({ type: String(type), traceparent: String(traceparent) });
          if (found.length >= count) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return found;
}
