import fc from 'fast-check';
import { canonicalJson, maxDepth } from './canonical-json.js';

it.each([
  ['white space and the order of members', '{"a":1,"b":[true,null]}', ' { "b" : [ true , null ], "a" : 1 } '],
  ['how a number is written', '[1,100,0.5,0]', '[1.0,1e2,5E-1,-0.0]'],
  ['how a character is escaped', '["\\u00e9\\/"]', '["é/"]'],
])('does not care about %s', (_, left, right) => {
  expect(canonicalJson(left)).toBe(canonicalJson(right));
});

it.each([
  ['a number and its digits in a string', '1', '"1"'],
  ['integers beyond 2^53', '9007199254740992', '9007199254740993'],
  ['decimals that are one double', '0.1', '0.10000000000000000001'],
  ['huge exponents', '1e400', '1e401'],
  ['the order of an array', '[1,2]', '[2,1]'],
  ['null and no member', '{"a":null}', '{}'],
  ['nothing, empty and zero', '""', '0'],
  ['signs', '1.5', '-1.5'],
  ['lone surrogates', '"\\ud800"', '"\\ud801"'],
])('keeps %s apart', (_, left, right) => {
  expect(canonicalJson(left)).toBeDefined();
  expect(canonicalJson(left)).not.toBe(canonicalJson(right));
});

it.each(['', '{', '01', '1.', '{"a":1,}', 'undefined', '+1', '1e99999999999999999999'])(
  'leaves %j to its bytes',
  (text) => {
    expect(canonicalJson(text)).toBeUndefined();
  },
);

it.each(['1', '[1]', '[0,1]', '{"a":1}', '{"a":1,"b":2}', ' [\n1\t] ', '{"a" :\r\n1 , "b":2}'])(
  'sees that the number in %j needs to be exact, wherever it stands',
  (text) => {
    for (const exact of ['9007199254740993', '0.10000000000000000001', '1e401', '-1E401', '-0.5e-401']) {
      const other = exact.replace(/[135](?=$|e-)|1$/, '2');
      const [one, two] = [exact, other].map((number) => canonicalJson(text.replace('1', number)));
      expect(one).toBeDefined();
      expect(one).not.toBe(two);
    }
    expect(canonicalJson(text.replace('1', '-0'))).toBe(canonicalJson(text.replace('1', '0.0')));
  },
);

it.each(['0', '7', '-7', '10', '-1200', '999999999999999', '-100000000000000'])(
  'writes %s as its other spellings',
  (number) => {
    expect(canonicalJson(`[${number}]`)).toBe(canonicalJson(`[${number}.0]`));
  },
);

it('leaves what is nested too deep to its bytes, and survives a megabyte of brackets', () => {
  expect(canonicalJson('['.repeat(maxDepth + 2) + ']'.repeat(maxDepth + 2))).toBeUndefined();
  expect(canonicalJson('['.repeat(500_000) + ']'.repeat(500_000))).toBeUndefined();
});

it('reads a long run of zeros in linear time', () => {
  expect(canonicalJson(`1${'0'.repeat(500_000)}1`)).toHaveLength(500_004);
});

it('is equal for equal values and different for different ones', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
      const [a, b] = [JSON.stringify(left), JSON.stringify(right)];
      expect(canonicalJson(a)).toBe(canonicalJson(JSON.stringify(shuffled(left), null, 2)));
      expect(canonicalJson(a) === canonicalJson(b)).toBe(
        JSON.stringify(sorted(left)) === JSON.stringify(sorted(right)),
      );
    }),
    { seed: 7, numRuns: 500 },
  );
});

type Json = unknown;

function shuffled(value: Json): Json {
  return rebuild(value, (members) => members.reverse());
}

function sorted(value: Json): Json {
  return rebuild(value, (members) => members.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function rebuild(value: Json, order: (members: [string, Json][]) => [string, Json][]): Json {
  if (Array.isArray(value)) return value.map((item) => rebuild(item, order));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]): [string, Json] => [
    name,
    rebuild(member, order),
  ]);
  // Integer-like names always come first, whatever the order: a Map keeps the comparison honest.
  return Object.fromEntries(order(members));
}
