import type { KafkaMessage } from 'kafkajs';
import { record } from '../testing/test-register.spec.js';
import { entryOf } from './entry.js';

const read = (...args: Parameters<typeof record>) => entryOf('purchases', 1, record(...args));

it('tells why, from where and since when, and keeps the message as it was sent', () => {
  const bytes = Buffer.from([0xff, 0x00]);
  expect(read('k', '{"a":1}', { custom: ['x', bytes] })).toEqual({
    id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
    topic: 'purchases',
    at: { partition: 3, offset: '7' },
    origin: { partition: 3, offset: '7' },
    isReplay: false,
    key: Buffer.from('k'),
    value: Buffer.from('{"a":1}'),
    headers: { ce_type: 't.v1', custom: ['x', { base64: bytes.toString('base64') }] },
    type: 't.v1',
    reason: 'failed',
    error: 'it broke',
    parkedAt: new Date(1764000000000),
    replayable: true,
  });
});

it('is the same entry however often it is read or parked, and another one for anything that differs', () => {
  const parked = read('k', 'v');
  expect(entryOf('purchases', 9, { ...record('k', 'v'), offset: '99', timestamp: '1' }).id).toBe(parked.id);
  const others = [
    read('k', 'w'),
    read('l', 'v'),
    read(null, 'v'),
    read('k', null),
    read('', 'v'),
    read('kv', ''),
    read('k', 'v', { custom: '' }),
    read('k', 'v', { 'semel-reason': 'malformed' }),
    read('k', 'v', { 'semel-offset': '8' }),
    entryOf('reservations', 1, record('k', 'v')),
  ];
  expect(new Set([parked, ...others].map(({ id }) => id)).size).toBe(others.length + 1);
});

it('knows a replay by where the message first lay', () => {
  const again = read('k', 'v', { 'semel-replay-of': '2:11' });
  expect([again.isReplay, again.origin, again.at]).toEqual([
    true,
    { partition: 2, offset: '11' },
    { partition: 3, offset: '7' },
  ]);
  expect(read('k', 'v', { 'semel-replay-of': 'somewhere' })).toMatchObject({
    isReplay: false,
    origin: { offset: '7' },
  });
});

it.each([
  [null, 'v'],
  ['', 'v'],
  ['a\0b', 'v'],
  ['é'.repeat(128), 'v'],
  [Buffer.from([0xc3]), 'v'],
  ['k', null],
  ['k', ''],
])('says of the key %j and the value %j that no replay can help', (key, value) => {
  expect(read(key, value).replayable).toBe(false);
});

it('takes what somebody put there without saying why, or with headers that lie', () => {
  const bareAt = (offset: string): KafkaMessage => {
    const { key, value, timestamp, attributes } = record('k', 'v');
    return { key, value, timestamp, attributes, offset, headers: {} };
  };
  const bare = bareAt('5');
  expect(entryOf('purchases', 1, bare)).toMatchObject({
    at: null,
    origin: null,
    reason: 'unknown',
    type: null,
  });
  expect(entryOf('purchases', 1, bare).id).not.toBe(entryOf('purchases', 1, bareAt('6')).id);
  const lying = read('k', 'v', {
    'semel-partition': '-1',
    'semel-offset': '99999999999999999999',
    ce_type: 'a\0b',
  });
  expect([lying.at, lying.type]).toEqual([null, 'a\u{fffd}b']);
});
