import kafkajs from 'kafkajs';
import type { KafkaTransportOptions } from './options.js';
import { createMissing } from './topics.js';

/**
 * Creates what is missing of a service's topics and parking lots, as its transport does when it starts: for a job that runs before
 * the services, which then need no right to create any. What exists is left as it is.
 * @returns the topics that were created
 */
export async function createTopics({
  kafka,
  ...topics
}: Pick<KafkaTransportOptions, 'kafka' | 'topics' | 'publishes'>): Promise<string[]> {
  const admin = new kafkajs.Kafka({ logLevel: kafkajs.logLevel.NOTHING, ...kafka }).admin();
  await admin.connect();
  try {
    return await createMissing(admin, new Set(await admin.listTopics()), topics);
  } finally {
    await admin.disconnect();
  }
}
