import fc from 'fast-check';
import { serializeString } from 'structured-headers';
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

const printable = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 255,
});

it('takes every printable text for the same key, quoted or bare, however much white space surrounds it', () => {
  fc.assert(
    fc.property(printable, fc.stringMatching(/^[ \t]{0,3}$/), (key, space) => {
      expect(readKey([space + serializeString(key) + space])).toEqual({ kind: 'key', key });
      const isBare = !key.startsWith('"') && key.trim() === key;
      if (isBare) expect(readKey([space + key + space])).toEqual({ kind: 'key', key });
    }),
    { seed: 4, numRuns: 500 },
  );
});

it('never throws for what a client sends, and never lets more through than a key may be', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        printable.map((text) => `"${text}`),
      ),
      (line) => {
        const reading = readKey([line]);
        if (reading.kind === 'key') expect(reading.key).toMatch(/^[\x20-\x7e]{1,255}$/);
      },
    ),
    { seed: 4, numRuns: 500 },
  );
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
  expect(preferredWait(value, 30)).toBe(seconds);
});

it.each([undefined, '', 'wait', 'wait=', 'wait=-1', 'wait=1.5', 'wait=abc', 'waiting=5', 'x="wait=5"'])(
  'ignores %j',
  (value) => {
    expect(preferredWait(value, 30)).toBeUndefined();
  },
);
