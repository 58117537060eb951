import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Message } from 'kafkajs';
import { KafkaEvent } from './kafka-event.js';
import type { MessageDecoder } from './message.js';
import { KafkaMessageContext } from './message-context.js';
import { message, Workbench } from './testing/consumer-app.spec.js';

/** Takes `test.v1` with a number `n`. */
const decode: MessageDecoder = ({ type, value }) => {
  if (type !== 'test.v1') return { park: 'unknown-type', error: `nobody knows the type ${type}` };
  const n: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'n') : undefined;
  return typeof n === 'number' ? { value: n } : { park: 'schema-violation', error: '/n must be a number' };
};

describe('the parking lot', () => {
  let bench: Workbench;
  beforeEach(async () => {
    bench = await new Workbench().open();
  });
  afterEach(() => bench.close());

  function controllerOf(topic: string, done: unknown[], known: MessageDecoder = decode) {
    @Controller()
    class Consumer {
      @KafkaEvent(topic, { decode: known })
      async take(@Payload() value: unknown, @Ctx() context: KafkaMessageContext) {
        if (context.message.headers['please-fail'] !== undefined) {
          throw Object.assign(new Error('no such order'), { disposition: 'park', code: 'unknown-order' });
        }
        done.push(value);
      }
    }
    return Consumer;
  }

  const good = '{"n":1}';
  it.each<[string, string, Message & { type?: string }, string]>([
    ['without a key', 'key-missing', { key: null, value: good }, 'the message key is null'],
    ['with an empty key', 'key-missing', { key: '', value: good }, 'the message key is empty'],
    [
      'with a key of 256 bytes',
      'malformed',
      { key: 'k'.repeat(256), value: good },
      'the message key has 256 bytes, 255 are allowed',
    ],
    ['with NUL in its key', 'malformed', { key: 'a\0', value: good }, 'the message key contains a NUL byte'],
    [
      'whose key is not UTF-8',
      'malformed',
      { key: Buffer.from([0xff]), value: good },
      'the message key is not valid UTF-8',
    ],
    ['that is a tombstone', 'malformed', { key: 'k', value: null }, 'the value is null, not JSON'],
    [
      'with an empty value',
      'malformed',
      { key: 'k', value: Buffer.alloc(0) },
      'the value is empty, not JSON',
    ],
    [
      'whose value is not UTF-8',
      'malformed',
      { key: 'k', value: Buffer.from([0x22, 0xff, 0x22]) },
      'the value is not valid UTF-8',
    ],
    ['without ce_type', 'unknown-type', { key: 'k', value: good, type: '' }, 'the header ce_type is missing'],
    [
      'of an unknown type',
      'unknown-type',
      { key: 'k', value: good, type: 'test.v2' },
      'nobody knows the type test.v2',
    ],
    ['that violates its schema', 'schema-violation', { key: 'k', value: '{"n":"1"}' }, '/n must be a number'],
    [
      'that its handler refuses',
      'unknown-order',
      { key: 'k', value: good, headers: { 'please-fail': 'x' } },
      'no such order',
    ],
  ])('takes a message %s as %s, untouched, and the partition goes on', async (_case, reason, sent, error) => {
    const done: unknown[] = [];
    const other = { name: ['one', 'two'], empty: '' };
    await bench.send({ ...sent, headers: { ...sent.headers, ...other } }, message('next', { n: 2 }));
    const { journal } = await bench.consume([controllerOf(bench.topic, done)]);
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '2'));
    expect(done).toEqual([2]);
    const [parked] = await bench.parked(1);
    const bytes = (value: Message['key'] | Message['value']) =>
      typeof value === 'string' ? Buffer.from(value) : (value ?? null);
    expect(parked?.key ?? null).toEqual(bytes(sent.key ?? null));
    expect(parked?.value ?? null).toEqual(bytes(sent.value));
    const headers = Object.fromEntries(
      Object.entries(parked?.headers ?? {}).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.map(String) : String(value),
      ]),
    );
    const { type = 'test.v1' } = sent;
    expect(headers).toEqual({
      ...(type === '' ? {} : { ce_type: type }),
      ...sent.headers,
      ...other,
      'semel-reason': reason,
      'semel-error': error,
      'semel-topic': bench.topic,
      'semel-partition': '0',
      'semel-offset': '0',
    });
  });

  it('takes malformed JSON and says where it broke', async () => {
    await bench.send({ key: 'k', value: '{oops' });
    const { journal } = await bench.consume([controllerOf(bench.topic, [])]);
    await journal.until(() => journal.of('parked').length === 1);
    const [parked] = await bench.parked(1);
    expect(String(parked?.headers?.['semel-reason'])).toBe('malformed');
    expect(String(parked?.headers?.['semel-error'])).toMatch(/^the value is not JSON: /);
    expect(parked?.value).toEqual(Buffer.from('{oops'));
  });

  it('keeps a message whose parking lot is gone, as passing trouble, until the lot is back', async () => {
    const done: unknown[] = [];
    const { journal } = await bench.consume([controllerOf(bench.topic, done)]);
    const dlq = `${bench.topic}.dlq`;
    await bench.admin.deleteTopics({ topics: [dlq] });
    await bench.send({ key: 'k', value: '{oops' }, message('l', { n: 7 }));
    await journal.until(() => journal.of('waiting').length >= 2);
    expect(done).toEqual([7]);
    expect(await bench.committed()).toBe(-1);
    await bench.create(dlq, 1);
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '2'));
    expect(journal.of('parked')).toHaveLength(1);
    expect(done).toEqual([7]);
  }, 60_000);

  it('takes a message of the largest size that its topic takes', async () => {
    // max.message.bytes is 1,048,588 by default: with the reasons in its headers the message is over it.
    await bench.send({ key: 'big', value: `{${'x'.repeat(1_048_440)}` });
    const { journal } = await bench.consume([controllerOf(bench.topic, [])]);
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '1'));
    expect(await bench.parked(1)).toHaveLength(1);
  });

  it('takes a fetched batch that is larger than what a broker takes at once', async () => {
    for (let n = 0; n < 5; n += 1) {
      await bench.send(...Array.from({ length: 100 }, () => ({ key: 'k', value: '{'.repeat(9_000) })));
    }
    const { journal } = await bench.consume([controllerOf(bench.topic, [])], {
      maxBytesPerPartition: 8_388_608,
    });
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '500'));
    expect(journal.of('waiting')).toEqual([]);
    expect(journal.of('parked').map(({ offset }) => Number(offset))).toEqual(
      Array.from({ length: 500 }, (_, n) => n),
    );
  });

  it('leaves a type to the handler that knows it, and parks what no handler knows, once', async () => {
    const first: unknown[] = [];
    const second: unknown[] = [];
    const onlyOther: MessageDecoder = ({ type, value }) =>
      type === 'other.v1' ? { value } : { park: 'unknown-type', error: 'not for me' };
    const controllers = [controllerOf(bench.topic, first), controllerOf(bench.topic, second, onlyOther)];
    await bench.send(
      message('a', { n: 1 }),
      { ...message('a', 'x'), type: 'other.v1' },
      { ...message('a', 'y'), type: 'third.v1' },
    );
    const { journal } = await bench.consume(controllers);
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '3'));
    expect(first).toEqual([1]);
    expect(second).toEqual(['x']);
    expect(journal.of('parked')).toMatchObject([{ offset: '2', reason: 'unknown-type' }]);
  });
});
