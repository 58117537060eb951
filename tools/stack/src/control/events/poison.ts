import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import { Refusal } from '../refusal.js';

/** Sends Inventory a purchase that no consumer can take, as a sender with a defect would: it is parked, and the rest goes on. */
export async function sendPoison(kafka: Kafka): Promise<{ readonly orderId: string }> {
  const orderId = randomUUID();
  const producer = kafka.producer({ allowAutoTopicCreation: false, retry: { retries: 1 } });
  try {
    await producer.connect();
    await producer.send({
      topic: 'purchases',
      messages: [
        {
          key: orderId,
          value: JSON.stringify({
            orderId,
            customerId: 'alice',
            lines: [{ sku: 'TEA-SENCHA-100', quantity: 'two' }],
            placedAt: new Date().toISOString(),
          }),
          headers: {
            ce_specversion: '1.0',
            ce_id: randomUUID(),
            ce_source: '/order',
            ce_type: 'semel.purchase.placed.v1',
            ce_time: new Date().toISOString(),
            'content-type': 'application/json',
          },
        },
      ],
    });
  } catch (cause) {
    throw new Refusal('Kafka does not take it now: send it again once it is ready.', { status: 409, cause });
  } finally {
    await producer.disconnect();
  }
  return { orderId };
}
