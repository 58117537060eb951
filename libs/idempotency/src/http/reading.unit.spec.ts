import { readKey } from './idempotency-key.js';
import { preferredWait } from './prefer-wait.js';

it.each([
  ['k', 'k'],
  ['  k  ', 'k'],
  ['"k"', 'k'],
  ['"a \\"b\\" \\\\c"', 'a "b" \\c'],
  ['"k";a=1', 'k'],
  ['a, b', 'a, b'],
  ["it's", "it's"],
  ['x'.repeat(255), 'x'.repeat(255)],
])('reads %j', (line, key) => {
  expect(readKey([line])).toEqual({ kind: 'key', key });
});

it.each([
  '',
  '""',
  '   ',
  'x'.repeat(256),
  'a\u0001b',
  'é',
  '"k',
  '"k" x',
  '"a\\nb"',
  '"é"',
  `"${'x'.repeat(256)}"`,
])('refuses %j', (line) => {
  expect(readKey([line]).kind).toBe('invalid');
});

it('refuses a key that was sent twice, and tells one that was not sent', () => {
  expect(readKey(['k', 'k']).kind).toBe('invalid');
  expect(readKey([])).toEqual({ kind: 'absent' });
});

it.each([
  ['wait=10', 10],
  ['wait="7"', 7],
  ['respond-async, Wait = 3; foo=bar', 3],
  ['wait=1, wait=9', 1],
  ['wait=31', 30],
  ['wait=0', 0],
  ['x="a, wait=5", wait=6', 6],
])('grants %j', (value, seconds) => {
  expect(preferredWait(value)).toBe(seconds);
});

it.each([undefined, '', 'wait', 'wait=', 'wait=-1', 'wait=1.5', 'wait=abc', 'waiting=5', 'x="wait=5"'])(
  'ignores %j',
  (value) => {
    expect(preferredWait(value)).toBeUndefined();
  },
);
