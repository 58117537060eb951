import { setTimeout as wait } from 'node:timers/promises';
import type { Admin, ITopicConfig, Kafka } from 'kafkajs';
import type { KafkaLogger } from './logger.js';
import type { CheckedOptions, KafkaTransportOptions, TopicSpec } from './options.js';
import { parkingLotOf } from './parking-lot.js';
import { checkRetention } from './retention.js';

// Whatever a producer has compressed, with whatever, the broker stores plain: kafkajs reads gzip alone, and dies for good of a
// batch that was compressed with snappy, lz4 or zstd.
const readable = { 'compression.type': 'uncompressed' };

// Room for the headers that say why: a message of the largest size that the topic takes must fit its parking lot.
const parkingLotMessageBytes = 2_097_152;

/**
 * Creates what is missing of the topics and of the consumed ones' parking lots. A topic that exists is left as it is,
 * also with other counts, and one that another service creates at the same moment is fine. Only when it starts: a topic that
 * is deleted under way was deleted by somebody, who may be about to make it anew his way.
 * @throws KafkaRetentionError where a consumed topic outlives the inbox
 */
export async function prepareTopics(
  kafka: Kafka,
  { topics: consumed, publishes: published = [], inboxRetentionMs }: CheckedOptions,
  logger: KafkaLogger,
  { create }: { readonly create: boolean },
): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const gone = create ? [] : consumed.filter(({ topic }) => !existing.has(topic));
    if (gone.length > 0) {
      const named = gone.map(({ topic }) => topic).join(', ');
      throw new Error(`${named} was deleted: make it anew, or start the service again, which does`);
    }
    if (create) await createMissing(admin, existing, { topics: consumed, publishes: published });
    if (inboxRetentionMs !== undefined) {
      const names = consumed.map(({ topic }) => topic);
      await checkRetention(admin, names, inboxRetentionMs, logger);
    }
  } finally {
    await admin.disconnect();
  }
}

/** The topics of a service, and the parking lots of those that it consumes. */
export async function createMissing(
  admin: Admin,
  existing: ReadonlySet<string>,
  { topics, publishes = [] }: Pick<KafkaTransportOptions, 'topics' | 'publishes'>,
): Promise<string[]> {
  const wanted = [...topics, ...topics.map(parkingLotFor), ...publishes];
  const missing = wanted.filter(({ topic }) => !existing.has(topic));
  for (const spec of missing) await createTopic(admin, spec);
  if (missing.length > 0) await untilHosted(admin, missing);
  return missing.map(({ topic }) => topic);
}

/**
 * A topic that was just created, here or by another service, is not known to every broker at once.
 * @throws the broker's refusal, when it lasts.
 */
export async function untilHosted(admin: Admin, specs: readonly TopicSpec[]): Promise<void> {
  const topics = specs.map(({ topic }) => topic);
  for (let looks = 1; ; looks += 1) {
    try {
      await admin.fetchTopicMetadata({ topics });
      return;
    } catch (error) {
      if (looks === 20) throw error;
      await wait(100);
    }
  }
}

function parkingLotFor({ topic, partitions, replicationFactor = -1 }: TopicSpec): TopicSpec {
  return {
    topic: parkingLotOf(topic),
    partitions,
    replicationFactor,
    config: { 'max.message.bytes': String(parkingLotMessageBytes) },
  };
}

async function createTopic(
  admin: Admin,
  { topic, partitions, replicationFactor = -1, config = {} }: TopicSpec,
) {
  const wanted: ITopicConfig = {
    topic,
    numPartitions: partitions,
    replicationFactor,
    configEntries: Object.entries({ ...readable, ...config }).map(([name, value]) => ({ name, value })),
  };
  // Answers false, and throws nothing, where somebody else was faster. It is not asked to wait for the leaders: it would
  // throw where a broker does not know the topic yet.
  await admin.createTopics({ topics: [wanted], waitForLeaders: false });
}
