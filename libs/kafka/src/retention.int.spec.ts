import { Controller, type Type } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import kafkajs from 'kafkajs';
import { KafkaEvent } from './kafka-event.js';
import { replayHeader } from './parking-lot.js';
import { message, Workbench } from './testing/consumer-app.spec.js';

const day = 86_400_000;

describe('an inbox and the retention of its topic', () => {
  let bench: Workbench;
  beforeEach(async () => {
    bench = await new Workbench().open();
  });
  afterEach(() => bench.close());

  function taker(taken: unknown[]): Type {
    @Controller()
    class Taker {
      @KafkaEvent(bench.topic)
      async take(@Payload() value: unknown) {
        taken.push(value);
      }
    }
    return Taker;
  }
  const configure = (entries: Record<string, string>) =>
    bench.admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: bench.topic,
          configEntries: Object.entries(entries).map(([name, value]) => ({ name, value })),
        },
      ],
    });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'keeps messages for longer',
      { 'retention.ms': String(29 * day), 'segment.ms': String(2 * day) },
      /may keep a message for 31 days \(.*retention\.ms=2505600000.*\), .* remembered for 30 days: .*lower retention\.ms/,
    ],
    ['keeps messages for ever', { 'retention.ms': '-1' }, /may keep a message for ever/],
    ['is only compacted', { 'cleanup.policy': 'compact' }, /may keep a message for ever/],
  ])('refuse to start where the topic %s', async (_case, config, sentence) => {
    await configure(config);
    await expect(bench.consume([taker([])], { inboxRetentionMs: 30 * day })).rejects.toThrow(sentence);
  });

  it('start where the inbox outlives the topic', async () => {
    await configure({ 'retention.ms': String(28 * day), 'segment.ms': String(day) });
    const taken: unknown[] = [];
    await bench.send(message('a', 1));
    const { journal } = await bench.consume([taker(taken)], { inboxRetentionMs: 30 * day });
    await journal.until(() => taken.length === 1);
  });

  it('end a consumer that finds a longer retention when it comes back', async () => {
    const { journal, transport } = await bench.consume([taker([])], { inboxRetentionMs: 30 * day });
    await journal.until(() => journal.of('joined').length === 1);
    await transport.close();
    await configure({ 'retention.ms': '-1' });
    await expect(bench.consume([taker([])], { inboxRetentionMs: 30 * day })).rejects.toMatchObject({
      code: 'kafka-retention',
    });
  });

  it('put aside what is older than the inbox remembers, unless an operator sends it again', async () => {
    const taken: unknown[] = [];
    const old = String(Date.now() - 30 * day);
    await bench.send(
      { ...message('a', 'old'), timestamp: old },
      { ...message('b', 'young'), timestamp: String(Date.now() - 29 * day) },
      { ...message('c', 'again'), timestamp: old, headers: { [replayHeader]: '0:0' } },
    );
    const { journal } = await bench.consume([taker(taken)], { inboxRetentionMs: 30 * day });
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '3'));
    expect(taken).toEqual(['young', 'again']);
    expect(journal.of('parked')).toMatchObject([{ offset: '0', reason: 'expired' }]);
  });
});
