import kafkajs, { type Admin } from 'kafkajs';
import { KafkaRetentionError } from './errors.js';
import type { KafkaLogger } from './logger.js';

const { ConfigResourceTypes } = kafkajs;

/** What decides for how long a topic may keep a message. */
const settings = ['cleanup.policy', 'retention.ms', 'segment.ms'];

/**
 * How long a topic may keep a message, in milliseconds. A segment goes as a whole once its newest message is older than
 * retention.ms, and takes messages for up to segment.ms. A topic that is only compacted keeps the last one of each key for ever.
 */
function longestLifeMs(config: ReadonlyMap<string, string>): number {
  const retentionMs = Number(config.get('retention.ms'));
  const isDeleted = (config.get('cleanup.policy') ?? 'delete').split(',').includes('delete');
  if (!isDeleted || !(retentionMs >= 0)) return Number.POSITIVE_INFINITY;
  return retentionMs + Number(config.get('segment.ms'));
}

/**
 * Where the group is reset to its beginning, everything that the topic still has comes again: what was processed must then
 * still be remembered.
 * @throws KafkaRetentionError naming the topic, both durations and the cure
 */
export async function checkRetention(
  admin: Admin,
  topics: readonly string[],
  inboxRetentionMs: number,
  logger: KafkaLogger,
): Promise<void> {
  for (const [topic, config] of await configurations(admin, topics, logger)) {
    const lifeMs = longestLifeMs(config);
    if (lifeMs > inboxRetentionMs) throw new KafkaRetentionError(topic, lifeMs, inboxRetentionMs, config);
  }
}

async function configurations(
  admin: Admin,
  topics: readonly string[],
  logger: KafkaLogger,
): Promise<Map<string, ReadonlyMap<string, string>>> {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configNames: settings })),
    });
    return new Map(
      resources.map(({ resourceName, configEntries }) => [
        resourceName,
        new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
      ]),
    );
  } catch (error) {
    if (!isForbidden(error)) throw error;
    logger.warn(
      `The retention of ${topics.join(', ')} can't be checked: grant this client DescribeConfigs on them, or see to it yourself that messages don't outlive the inbox.`,
    );
    return new Map();
  }
}

function isForbidden(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'type' in error &&
    (error.type === 'TOPIC_AUTHORIZATION_FAILED' || error.type === 'CLUSTER_AUTHORIZATION_FAILED')
  );
}
