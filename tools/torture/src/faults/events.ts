import { setTimeout as pause } from 'node:timers/promises';
import { PURCHASES, RESERVATIONS } from '@semel/contracts';
import kafkajs, { type Message } from 'kafkajs';
import type { Chamber } from '../chamber/chamber.js';
import type { Publisher } from '../chamber/services.js';
import type { Dice } from '../dice.js';
import { type Published, poison } from './poison.js';

const topicOf: Readonly<Record<Publisher, string>> = { order: PURCHASES, inventory: RESERVATIONS };

/** Events that the service has published, at random. Their first occurrences are on the topic: they were acknowledged. */
async function published(chamber: Chamber, service: Publisher, count: number): Promise<Published[]> {
  return chamber.query<Published & { headers: Record<string, string> }>(
    service,
    `SELECT topic, key, payload, headers FROM outbox WHERE published_at IS NOT NULL ORDER BY random() LIMIT $1`,
    [count],
  );
}

/** Sends messages as anybody may who can reach the broker. */
async function send(chamber: Chamber, topic: string, messages: Message[]): Promise<void> {
  if (messages.length === 0) return;
  const producer = chamber.kafka().producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  try {
    await producer.send({ topic, acks: -1, messages });
  } finally {
    await producer.disconnect();
  }
}

export async function sendDuplicates(chamber: Chamber, service: Publisher, dice: Dice): Promise<string> {
  const rows = await published(chamber, service, dice.between(5, 120));
  const messages = rows.map(({ key, payload, headers }): Message => ({ key, value: payload, headers }));
  await send(chamber, topicOf[service], messages);
  return `${messages.length} events sent again`;
}

export async function sendPoison(chamber: Chamber, service: Publisher, dice: Dice): Promise<string> {
  const topic = topicOf[service];
  const [row] = await published(chamber, service, 1);
  const messages = Array.from({ length: dice.between(1, 3) }, () => poison(dice, topic, row));
  await send(chamber, topic, messages);
  return `${messages.length} poisons`;
}

/** All instances leave, the group forgets where it was, and they come back. */
export async function resetGroup(chamber: Chamber, consumer: Publisher): Promise<string> {
  const topic = consumer === 'order' ? RESERVATIONS : PURCHASES;
  const instances = chamber.of(consumer);
  await Promise.all(instances.map((instance) => instance.stop()));
  const admin = chamber.kafka().admin();
  try {
    await admin.connect();
    await whileInGroup(() => admin.resetOffsets({ groupId: consumer, topic, earliest: true }));
    return `${consumer} reads ${topic} from the beginning`;
  } finally {
    await admin.disconnect().catch(() => undefined);
    for (const instance of instances) instance.start();
  }
}

/** It is refused while somebody is in the group, and one that was killed stays in it until its session of 6 s is over. */
async function whileInGroup(reset: () => Promise<unknown>): Promise<void> {
  const until = performance.now() + 10_000;
  for (;;) {
    try {
      await reset();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await pause(250);
    }
  }
}
