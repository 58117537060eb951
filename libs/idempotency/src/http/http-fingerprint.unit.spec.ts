import fc from 'fast-check';
import { fingerprintOf } from '../fingerprint.js';
import type { HttpRequest } from './http-exchange.js';
import { type FingerprintedRequest, httpFingerprint } from './http-fingerprint.js';

interface Asked extends Omit<Partial<FingerprintedRequest>, 'exchange'> {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  /** The bytes; `undefined` where the body was not kept. */
  readonly raw?: string | Buffer;
  readonly parsed?: unknown;
}

function fingerprint(asked: Asked): string {
  const {
    method = 'POST',
    path = '/notes',
    query = '',
    raw,
    parsed,
    scope = 'caller:alice',
    ...more
  } = asked;
  const headers: Record<string, string> = { 'content-type': 'application/json', ...asked.headers };
  const request: HttpRequest = {
    method,
    url: path,
    headers,
    ...(raw !== undefined && { rawBody: Buffer.from(raw) }),
    body: parsed,
  };
  const exchange = { request, target: { path, query }, header: (name: string) => headers[name] };
  return httpFingerprint({ ...more, scope, exchange });
}

it.each<[string, Asked, Asked]>([
  ['the method', { method: 'PUT' }, { method: 'PATCH' }],
  ['a parameter of the path', { path: '/notes/1' }, { path: '/notes/2' }],
  ['a slash and an encoded one', { path: '/notes/a/b' }, { path: '/notes/a%2Fb' }],
  ['the query', { query: 'a=1' }, { query: 'a=2' }],
  ['no query and an empty parameter', { query: '' }, { query: 'a' }],
  ['the order of one parameter’s values', { query: 'a=1&a=2' }, { query: 'a=2&a=1' }],
  ['where a name ends', { query: 'a=b%3Dc' }, { query: 'a%3Db=c' }],
  ['bytes that are no UTF-8', { query: 'a=%ff' }, { query: 'a=%fe' }],
  ['the caller', { scope: 'caller:alice' }, { scope: 'caller:bob' }],
  ['the version that a header chose', { version: '1' }, { version: '2' }],
  ['a version and none', { version: '1' }, {}],
  ['a number and its digits', { raw: '{"n":1}' }, { raw: '{"n":"1"}' }],
  ['numbers beyond 2^53', { raw: '{"n":9007199254740993}' }, { raw: '{"n":9007199254740992}' }],
  [
    'text that is no UTF-8',
    { raw: Buffer.from([0x22, 0xff, 0x22]) },
    { raw: Buffer.from([0x22, 0xfe, 0x22]) },
  ],
  ['halves of characters', { raw: '"\\ud800"' }, { raw: '"\\ud801"' }],
  ['NUL and nothing', { raw: '"\\u0000"' }, { raw: '""' }],
  ['a member that is called __proto__', { raw: '{"__proto__":{"a":1}}' }, { raw: '{}' }],
  ['no body, null and an empty object', { raw: 'null' }, { raw: '{}' }],
  ['malformed JSON by its bytes', { raw: '{"a":1' }, { raw: '{"a": 1' }],
])('tells %s apart', (_, left, right) => {
  expect(fingerprint(left)).not.toBe(fingerprint(right));
});

it.each<[string, Asked, Asked]>([
  ['how the path is encoded', { path: '/notes/%41' }, { path: '/notes/A' }],
  ['how a query is encoded', { query: 'a=b+c' }, { query: '%61=b%20c' }],
  ['the order of different parameters', { query: 'a=1&b=2' }, { query: 'b=2&a=1' }],
  ['the order of members and white space', { raw: '{"a":1,"b":2}' }, { raw: ' { "b": 2.0, "a": 1 } ' }],
  // JSON.parse, and so the handler, sees the last one.
  ['a member that is there twice', { raw: '{"a":1,"a":2}' }, { raw: '{"a":2}' }],
])('does not care about %s', (_, left, right) => {
  expect(fingerprint(left)).toBe(fingerprint(right));
});

describe('of a body whose bytes were not kept', () => {
  const upload = (headers: Record<string, string>): Asked => ({
    parsed: { title: 'x' },
    headers: { 'content-type': 'multipart/form-data; boundary=x', ...headers },
  });

  it('goes by the digest that the client sent', () => {
    const digest = (value: string) =>
      fingerprint(upload({ 'content-digest': `sha-256=:${value}:`, 'content-length': '9' }));
    expect(digest('YQ==')).toBe(digest('YQ=='));
    expect(digest('YQ==')).not.toBe(digest('Yg=='));
  });

  it('goes by its fields and its length where there is no digest, so that another file is another request', () => {
    const long = (length: string) => fingerprint(upload({ 'content-length': length }));
    expect(long('9')).toBe(long('9'));
    expect(long('9')).not.toBe(long('10'));
  });

  it('goes by the value that the parser made of JSON, whatever its length', () => {
    const json = (length: string) =>
      fingerprint({ parsed: { a: 1, b: 2 }, headers: { 'content-length': length } });
    expect(json('13')).toBe(json('20'));
    expect(json('13')).not.toBe(fingerprint({ parsed: { a: 1, b: 3 } }));
  });
});

it.each([
  ['a promise', Promise.resolve(1)],
  ['a Map', { inner: new Map([[1, 2]]) }],
  ['a Set', [new Set([1])]],
  ['a bigint', 1n],
  ['a function', () => 1],
])('refuses %s as a replacement, which JSON would make equal to any other', (_, value) => {
  expect(() => fingerprint({ replacement: () => value })).toThrow(/"fingerprint" is .+: answer a JSON value/);
});

it('is length-prefixed: the same text cut at other places is another list', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 }),
      fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 }),
      (left, right) => {
        expect(fingerprintOf(left) === fingerprintOf(right)).toBe(
          JSON.stringify(left) === JSON.stringify(right),
        );
        const text = left.join('');
        if (left.length > 1) expect(fingerprintOf(left)).not.toBe(fingerprintOf([text]));
      },
    ),
    { seed: 4, numRuns: 300 },
  );
});

it('is the same for different parameters in any order, and another one for other values', () => {
  const parameters = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.string()), {
    selector: ([name]) => name,
    minLength: 1,
    maxLength: 6,
  });
  const queryOf = (pairs: readonly (readonly [string, string])[]) =>
    pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  fc.assert(
    fc.property(parameters, (pairs) => {
      const query = queryOf(pairs);
      expect(fingerprint({ query })).toBe(fingerprint({ query: queryOf([...pairs].reverse()) }));
      expect(fingerprint({ query })).not.toBe(
        fingerprint({ query: queryOf(pairs.map(([name, value]) => [name, `${value}!`] as const)) }),
      );
    }),
    { seed: 4, numRuns: 300 },
  );
});
