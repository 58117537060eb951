import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import kafkajs from 'kafkajs';
import { KafkaEvent } from './kafka-event.js';
import { message, Workbench } from './testing/consumer-app.spec.js';
import { untilHosted } from './topics.js';

const { CompressionCodecs, CompressionTypes } = kafkajs;

/** Snappy's block format, with literals alone (google/snappy, format_description.txt): what nobody compresses is valid too. */
function snappyOf(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let length = bytes.length;
  for (; length >= 128; length >>>= 7) parts.push(Buffer.from([(length & 127) | 128]));
  parts.push(Buffer.from([length]));
  for (let start = 0; start < bytes.length; start += 60) {
    const literal = bytes.subarray(start, start + 60);
    parts.push(Buffer.from([(literal.length - 1) << 2]), literal);
  }
  return Buffer.concat(parts);
}

describe('messages that are compressed in a way that kafkajs can’t read', () => {
  let bench: Workbench;
  beforeEach(async () => {
    bench = await new Workbench().open();
  });
  afterEach(() => bench.close());

  /** As a producer of another language may: for kafkajs itself, snappy stays unknown. */
  async function sendCompressed(topic: string, value: unknown): Promise<void> {
    const unknown = CompressionCodecs[CompressionTypes.Snappy];
    CompressionCodecs[CompressionTypes.Snappy] = () => ({
      compress: async ({ buffer }: { buffer: Buffer }) => snappyOf(buffer),
    });
    const messages = [{ ...message('a', value), headers: { ce_type: 'test.v1' } }];
    try {
      await bench.producer.send({ topic, acks: -1, messages, compression: CompressionTypes.Snappy });
    } finally {
      CompressionCodecs[CompressionTypes.Snappy] = unknown;
    }
  }

  it('are taken from a topic that the transport has made', async () => {
    const topic = `${bench.topic}.own`;
    const taken: unknown[] = [];
    @Controller()
    class Taker {
      @KafkaEvent(topic)
      take(@Payload() value: unknown) {
        taken.push(value);
      }
    }
    const topics = [{ topic, partitions: 1 }];
    const { journal, transport } = await bench.consume([Taker], { topics });
    await untilHosted(bench.admin, topics);
    await sendCompressed(topic, 'squeezed');
    await journal.until(() => journal.of('committed').length === 1);
    expect(taken).toEqual(['squeezed']);
    expect(transport.health().ready).toBe(true);
  });
});
