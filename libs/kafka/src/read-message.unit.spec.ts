import type { IHeaders, KafkaMessage } from 'kafkajs';
import { readMessage } from './read-message.js';

function sent(over: { key?: Buffer | null; value?: Buffer | null; headers?: IHeaders } = {}): KafkaMessage {
  return {
    key: Buffer.from('k'),
    value: Buffer.from('{"a":1}'),
    headers: { ce_type: Buffer.from('t.v1') },
    timestamp: '1700000000000',
    attributes: 0,
    offset: '7',
    ...over,
  };
}

const read = (over: Parameters<typeof sent>[0]) => readMessage('topic', 3, sent(over));
const accepted = (over: Parameters<typeof sent>[0]) => {
  const reading = read(over);
  if (reading.kind !== 'message') throw reading.error;
  return reading.message;
};

describe('reading a message', () => {
  it('hands over key, type, value, bytes and position as they were sent', () => {
    expect(accepted({})).toEqual(
      expect.objectContaining({
        topic: 'topic',
        partition: 3,
        offset: '7',
        key: 'k',
        type: 't.v1',
        value: { a: 1 },
        raw: Buffer.from('{"a":1}'),
        timestamp: 1_700_000_000_000,
      }),
    );
  });

  it.each(['{', '{"a":1}', '[1]', '007', 'true', 'ключ', ' '])('keeps the key %j a string', (key) => {
    expect(accepted({ key: Buffer.from(key) }).key).toBe(key);
  });

  it('keeps a big integer intact in the bytes', () => {
    const raw = Buffer.from('{"n":9007199254740993123}');
    expect(accepted({ value: raw }).raw).toBe(raw);
  });

  it('takes a JSON value that is no object', () => {
    expect(accepted({ value: Buffer.from('"{"') }).value).toBe('{');
    expect(accepted({ value: Buffer.from('null') }).value).toBeNull();
  });

  it.each([
    ['null', null, 'key-missing'],
    ['empty', Buffer.alloc(0), 'key-missing'],
    ['of 256 bytes', Buffer.alloc(256, 'k'), 'malformed'],
    ['with a NUL', Buffer.from('a\0b'), 'malformed'],
    ['that is not UTF-8', Buffer.from([0x61, 0xff]), 'malformed'],
    ['with half a surrogate pair', Buffer.from([0xed, 0xa0, 0x80]), 'malformed'],
  ])('refuses a key %s', (_case, key, reason) => {
    expect(read({ key })).toMatchObject({ kind: 'unreadable', reason });
  });

  it('takes a key of exactly 255 bytes', () => {
    expect(accepted({ key: Buffer.alloc(255, 'k') }).key).toHaveLength(255);
  });

  it.each([
    ['null (a tombstone)', null],
    ['empty', Buffer.alloc(0)],
    ['not JSON', Buffer.from('{oops')],
    ['JSON and more', Buffer.from('{} {}')],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['JSON behind a byte order mark', Buffer.from('\ufeff{}')],
    ['a bare word', Buffer.from('hello')],
  ])('refuses a value that is %s as malformed', (_case, value) => {
    expect(read({ value })).toMatchObject({ kind: 'unreadable', reason: 'malformed' });
  });

  it.each([
    ['missing', {}],
    ['empty', { ce_type: Buffer.alloc(0) }],
  ])('parks a message whose ce_type is %s as unknown-type', (_case, headers) => {
    expect(read({ headers })).toMatchObject({ kind: 'unreadable', reason: 'unknown-type' });
  });

  it('takes the last of a header that was sent twice', () => {
    const headers = { ce_type: [Buffer.from('a'), Buffer.from('b')] };
    expect(accepted({ headers }).type).toBe('b');
  });
});
