import { Controller, type Type } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import kafkajs from 'kafkajs';
import { KafkaEvent } from './kafka-event.js';
import { KafkaMessageContext } from './message-context.js';
import { message, Workbench } from './testing/consumer-app.spec.js';

describe('topics that change under a consumer', () => {
  let bench: Workbench;
  let taken: string[];
  beforeEach(async () => {
    bench = await new Workbench().open();
    taken = [];
  });
  afterEach(() => bench.close());

  function taker(): Type {
    @Controller()
    class Taker {
      @KafkaEvent(bench.topic)
      async take(@Ctx() { message: { key, value, partition } }: KafkaMessageContext) {
        taken.push(`${key}${value}@${partition}`);
      }
    }
    return Taker;
  }

  it('goes on with a topic that was deleted and made anew, from its first message', async () => {
    await bench.send(message('a', 1), message('a', 2), message('a', 3));
    const { journal, transport } = await bench.consume([taker()]);
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '3'));
    await bench.admin.deleteTopics({ topics: [bench.topic] });
    while ((await bench.admin.listTopics()).includes(bench.topic));
    await bench.create(bench.topic, 1);
    await bench.send(message('b', 1), message('b', 2));
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '2'));
    expect(taken.slice(3)).toEqual(['b1@0', 'b2@0']);
    expect(await bench.committed()).toBe(2);
    expect(transport.health().ready).toBe(true);
  }, 60_000);

  it('waits for a topic that was deleted to be made anew by whoever deleted it, and says so', async () => {
    const { journal, transport } = await bench.consume([taker()]);
    await bench.send(message('a', 1));
    await journal.until(() => journal.of('committed').length === 1);
    await bench.admin.deleteTopics({ topics: [bench.topic] });
    while (!transport.health().lastError?.includes('was deleted')) await new Promise(setImmediate);
    expect(await bench.admin.listTopics()).not.toContain(bench.topic);
    expect(transport.health().ready).toBe(false);
    await bench.create(bench.topic, 2);
    await bench.send({ ...message('b', 1), partition: 0 });
    await journal.until(() => taken.length === 2);
    expect(taken).toEqual(['a1@0', 'b1@0']);
  }, 60_000);

  it('goes on with the records that are left when the ones it would read next were deleted', async () => {
    await bench.send(message('a', 1));
    const { journal, app } = await bench.consume([taker()]);
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '1'));
    await app.close();
    await bench.send(message('a', 2), message('a', 3));
    await bench.admin.deleteTopicRecords({ topic: bench.topic, partitions: [{ partition: 0, offset: '2' }] });
    const again = await bench.consume([taker()]);
    await again.journal.until(() => again.journal.of('committed').some(({ offset }) => offset === '3'));
    expect(taken).toEqual(['a1@0', 'a3@0']);
  }, 60_000);

  it('takes partitions that are added while it runs, without a restart', async () => {
    const { journal } = await bench.consume([taker()], { metadataMaxAgeMs: 200 });
    await bench.send(message('a', 1));
    await journal.until(() => taken.length === 1);
    await bench.admin.createPartitions({ topicPartitions: [{ topic: bench.topic, count: 3 }] });
    await journal.until(() => journal.of('joined').length > 1);
    // The bench's own producer does not know them yet.
    const producer = bench.kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    bench.closeLater(() => producer.disconnect());
    const sent = { ...message('b', 1), headers: { ce_type: 'test.v1' }, partition: 2 };
    await producer.send({ topic: bench.topic, messages: [sent] });
    await journal.until(() => taken.length === 2);
    expect(taken).toEqual(['a1@0', 'b1@2']);
  }, 60_000);
});
