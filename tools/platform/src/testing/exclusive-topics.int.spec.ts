import kafkajs from 'kafkajs';
import { exclusiveTopics, testBrokers, uniqueName } from './index.js';

it('gives a topic to one spec at a time, and absent', async () => {
  const kafka = new kafkajs.Kafka({ brokers: testBrokers(), logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topic = uniqueName('topic');
  const events: string[] = [];
  const release = await exclusiveTopics(topic);
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
  const second = exclusiveTopics(topic).then((letGo) => {
    events.push('second has it');
    return letGo;
  });
  const other = await exclusiveTopics(uniqueName('other'));
  events.push('first lets go');
  await Promise.all([release(), other()]);
  await (await second)();
  expect(events).toEqual(['first lets go', 'second has it']);
  expect(await admin.listTopics()).not.toContain(topic);
  await admin.disconnect();
});
