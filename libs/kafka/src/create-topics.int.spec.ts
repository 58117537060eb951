import { testBrokers, uniqueName } from '@semel/platform/testing';
import kafkajs from 'kafkajs';
import { createTopics } from './create-topics.js';
import { parkingLotOf } from './parking-lot.js';

const kafka = { brokers: testBrokers(), logLevel: kafkajs.logLevel.NOTHING };
const consumed = uniqueName('consumed');
const published = uniqueName('published');
const wanted = {
  topics: [{ topic: consumed, partitions: 3 }],
  publishes: [{ topic: published, partitions: 2 }],
};
const admin = new kafkajs.Kafka(kafka).admin();

beforeAll(() => admin.connect());
afterAll(async () => {
  await admin.deleteTopics({ topics: [consumed, parkingLotOf(consumed), published] });
  await admin.disconnect();
});

it('creates the topics and the parking lots of the consumed ones, once, and leaves those that exist as they are', async () => {
  const created = await createTopics({ kafka, ...wanted });
  expect(created).toEqual([consumed, parkingLotOf(consumed), published]);
  const other = { topics: [{ topic: consumed, partitions: 5 }] };
  expect(await createTopics({ kafka, ...other })).toEqual([]);
  const { topics } = await admin.fetchTopicMetadata({ topics: created });
  expect(Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions.length]))).toEqual({
    [consumed]: 3,
    [parkingLotOf(consumed)]: 3,
    [published]: 2,
  });
});

it('says what the brokers refuse', async () => {
  const topics = [{ topic: uniqueName('refused'), partitions: 1, replicationFactor: 99 }];
  await expect(createTopics({ kafka: { ...kafka, retry: { retries: 0 } }, topics })).rejects.toThrow();
});
