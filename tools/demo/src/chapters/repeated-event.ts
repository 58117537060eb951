import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Database, kafkaClient, type MovementRow, movementsOfOrder } from '@semel/stack';
import type { Admin, Kafka, KafkaMessage } from 'kafkajs';
import { orderIn } from '../shop-client.js';
import { type Tour, variableOf } from '../tour.js';

const topic = 'purchases';
const sku = 'TEA-SENCHA-100';
const patience = 30_000;

/** An order's event comes to Inventory three times, as Kafka may deliver it. */
export async function repeatedEvent(tour: Tour): Promise<void> {
  const { teller, client, acknowledged } = tour;
  await teller.chapter('An event that comes three times');
  const { answer } = await client.placeUntilAnswered({ key: randomUUID(), lines: [{ sku, quantity: 1 }] });
  const order = orderIn(answer);
  acknowledged.push(order.id);
  const began = performance.now();
  const status = await client.settled(order.id);
  teller.does(`order ${order.id.slice(0, 8)}… went to Inventory and back`);
  teller.holds(
    status === 'confirmed',
    `It is ${status}, ${Math.round(performance.now() - began)} ms after its answer`,
  );
  const kafka = kafkaClient(variableOf(tour, 'KAFKA_BROKERS'), process.env, 'semel-demo');
  const message = await find(kafka, order.id);
  teller.does('its event is sent to Kafka two more times, key and payload as they were');
  const producer = kafka.producer();
  await producer.connect();
  const sent = await producer.send({
    topic,
    messages: [message, message].map(({ key, value, headers = {} }) => ({ key, value, headers })),
  });
  await producer.disconnect();
  const admin = kafka.admin();
  await admin.connect();
  try {
    for (const { partition, baseOffset } of sent) {
      await consumed(admin, partition, BigInt(baseOffset ?? '0') + 2n);
      teller.hears(`Inventory has taken all of them: ${topic} ${partition} @ ${baseOffset}`);
    }
  } finally {
    await admin.disconnect();
  }
  const movements = await movementsOf(tour, order.id);
  teller.holds(
    movements.length === 1,
    `Its stock moved once: ${movements.map((each) => `${each.available} ${each.sku}`).join(', ')}`,
  );
}

/** What was moved for the order, as Inventory's database has it: whatever else is ordered meanwhile. */
async function movementsOf(tour: Tour, orderId: string): Promise<readonly MovementRow[]> {
  const inventory = new Database(variableOf(tour, 'INVENTORY_DATABASE_URL'));
  try {
    return await inventory.query(movementsOfOrder(orderId));
  } finally {
    await inventory.end();
  }
}

/** Reads the topic until the order's event comes. */
async function find(kafka: Kafka, orderId: string): Promise<KafkaMessage> {
  const consumer = kafka.consumer({ groupId: `semel-demo-${randomUUID()}` });
  await consumer.connect();
  try {
    return await new Promise<KafkaMessage>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`No event of order ${orderId} on ${topic}.`)),
        patience,
      );
      consumer
        .subscribe({ topics: [topic], fromBeginning: true })
        .then(() =>
          consumer.run({
            autoCommit: false,
            eachMessage: async ({ message }) => {
              if (message.key?.toString() !== orderId) return;
              clearTimeout(timer);
              resolve(message);
            },
          }),
        )
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
}

/** Until Inventory's group has committed this offset. */
async function consumed(admin: Admin, partition: number, offset: bigint): Promise<void> {
  const givenUp = performance.now() + patience;
  while (performance.now() < givenUp) {
    const [found] = await admin.fetchOffsets({ groupId: 'inventory', topics: [topic] });
    const at = found?.partitions.find((each) => each.partition === partition)?.offset ?? '-1';
    if (BigInt(at) >= offset) return;
    await delay(50);
  }
  throw new Error(`Inventory did not take ${topic} ${partition} up to ${offset}.`);
}
