import { checkOptions, type KafkaTransportOptions } from './options.js';

const good: KafkaTransportOptions = {
  kafka: { brokers: ['127.0.0.1:9092'] },
  groupId: 'inventory',
  topics: [{ topic: 'purchases', partitions: 12 }],
};

describe('the options of the transport', () => {
  it('fills in what is not given, also where it is given as undefined', () => {
    expect(checkOptions({ ...good, ...JSON.parse('{}'), slowHandlerMs: undefined as never })).toMatchObject({
      maxBatch: 500,
      slowHandlerMs: 1_000,
      partitionsConsumedConcurrently: 4,
    });
  });

  it.each<[string, object, RegExp]>([
    ['no broker', { kafka: { brokers: [] } }, /"kafka\.brokers" is \[\]: give at least one/],
    ['no group', { groupId: '' }, /"groupId" is "": give the consumer group a name/],
    ['no topic', { topics: [] }, /"topics" is \[\]: name at least one/],
    [
      'a topic name that Kafka refuses',
      { topics: [{ topic: 'a b', partitions: 1 }] },
      /"topics\[0\]\.topic" is "a b"/,
    ],
    ['no partition', { topics: [{ topic: 'a', partitions: 0 }] }, /"topics\[0\]\.partitions" is 0/],
    [
      'a topic twice',
      { publishes: [{ topic: 'purchases', partitions: 12 }] },
      /"publishes\[0\]\.topic" is "purchases": declare each topic once/,
    ],
    ['half a message', { maxBatch: 0.5 }, /"maxBatch" is 0\.5: give a whole number/],
    [
      'no waiting at all',
      { backoff: { initialMs: 0, maxMs: 10 } },
      /"backoff" is \{"initialMs":0,"maxMs":10\}/,
    ],
    [
      'rare heartbeats',
      { heartbeatIntervalMs: 20_000 },
      /"heartbeatIntervalMs" is 20000: give at most a third of sessionTimeoutMs \(6000\)/,
    ],
    ['a classification that is no function', { isTransient: true }, /"isTransient" is true: give a function/],
  ])('refuses %s with the option, the value and the cure', (_case, wrong, sentence) => {
    expect(() => checkOptions({ ...good, ...wrong })).toThrow(sentence);
  });
});
