import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestsIn } from './http-file.js';

const repository = join(__dirname, '..');
const read = (file: string): string => readFileSync(join(repository, file), 'utf8');

/** The routes of docs/api.md, which a spec holds against the OpenAPI documents of the running services. */
const routes = [...read('docs/api.md').matchAll(/^\| `([A-Z]+) (\/[^`]*)` \|/gm)].map(([, method, path]) => ({
  method,
  path: new RegExp(`^${String(path).replace(/\{\w+\}/g, '[^/]+')}$`),
}));

function strangers(text: string): string[] {
  return requestsIn(text, { order: '', inventory: '' })
    .map(({ method, url }) => ({ method, path: url.split('?')[0] ?? '' }))
    .filter(
      (request) => !routes.some(({ method, path }) => method === request.method && path.test(request.path)),
    )
    .map(({ method, path }) => `${method} ${path}`);
}

it('asks only for what the reference knows', () => {
  expect(routes.length).toBeGreaterThan(20);
  expect(strangers(read('api.http'))).toEqual([]);
});

it('would notice a path and a method that nobody has', () => {
  const text = '### a\n# → 200\nGET {{order}}/ordres\n\n### b\n# → 200\nDELETE {{order}}/orders/{{id}}\n';
  expect(strangers(text)).toEqual(['GET /ordres', 'DELETE /orders/{{id}}']);
});

it('holds no token', () => {
  expect(read('api.http')).not.toMatch(/eyJ/);
});

it('reads a request as it stands there: variables of the file, headers, body, what it answers', () => {
  const text = [
    '@order = http://a',
    '@id = {{place.response.body.$.id}}',
    '### Cancel',
    '# → 201 Idempotency-Status: Processed',
    '# @name cancel',
    'POST {{order}}/orders/{{id}}/cancel',
    'Idempotency-Key: k',
    '',
    '{"a": 1}',
    '',
  ].join('\n');
  expect(requestsIn(text, { order: 'http://b' })).toEqual([
    {
      title: 'Cancel',
      name: 'cancel',
      method: 'POST',
      url: 'http://b/orders/{{place.response.body.$.id}}/cancel',
      headers: { 'idempotency-key': 'k' },
      body: '{"a": 1}',
      expected: { status: 201, header: ['Idempotency-Status', 'Processed'] },
    },
  ]);
});

it('complains of a request that does not say what it answers', () => {
  expect(() => requestsIn('### Cancel\nGET /orders\n', {})).toThrow(
    'Cancel: it does not say what it answers.',
  );
});
