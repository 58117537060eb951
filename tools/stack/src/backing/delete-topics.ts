import { kafkaClient } from './kafka-client.js';

/** Those of the contract: what the shop's services say to each other, and what they park. */
const topics = ['purchases', 'reservations'].flatMap((topic) => [topic, `${topic}.dlq`]);

/** Deletes the shop's topics, and with them their groups' offsets. @returns those that were there */
export async function deleteTopics(brokers: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const admin = kafkaClient(brokers, env).admin();
  await admin.connect();
  try {
    const there = await admin.listTopics();
    const doomed = topics.filter((topic) => there.includes(topic));
    if (doomed.length > 0) await admin.deleteTopics({ topics: doomed });
    return doomed;
  } finally {
    await admin.disconnect();
  }
}
