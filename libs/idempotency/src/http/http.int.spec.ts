import { once } from 'node:events';
import { request } from 'node:http';
import { overBothAdapters } from '../spec/two-instances.spec.js';

overBothAdapters((shop) => {
  it('runs the handler once and replays status, body and headers byte for byte, on any instance', async () => {
    const first = await shop.send({ key: 'k', body: '{"text":"hello"}' });
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotency-status')).toBe('Processed');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(first.headers.get('idempotency-expires')).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
    expect(first.headers.get('x-not-kept')).toBe('gone');
    for (const at of [shop.url, shop.otherUrl]) {
      const again = await shop.send({ key: 'k', body: '{"text":"hello"}', at });
      expect(again.status).toBe(201);
      expect(again.body).toEqual(first.body);
      for (const name of [
        'location',
        'content-type',
        'x-made-by',
        'idempotency-status',
        'idempotency-expires',
      ]) {
        expect([name, again.headers.get(name)]).toEqual([name, first.headers.get(name)]);
      }
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(again.headers.get('x-not-kept')).toBeNull();
    }
    expect(await shop.notes()).toEqual(['hello']);
  });

  it.each([
    ['quoted', '"k"'],
    ['surrounded by white space', '  k\t'],
  ])('takes a key that is %s for the same key', async (_name, key) => {
    await shop.send({ key: 'k', body: '{"text":"hello"}' });
    expect((await shop.send({ key, body: '{"text":"hello"}' })).headers.get('idempotency-replayed')).toBe(
      'true',
    );
  });

  it('needs a key where the route says so', async () => {
    const missing = await shop.send({ body: '{"text":"hello"}' });
    expect([missing.status, JSON.parse(missing.body.toString())]).toEqual([
      400,
      expect.objectContaining({ code: 'idempotency-key-missing' }),
    ]);
    await shop.send({ path: '/notes/optional' });
    await shop.send({ path: '/notes/optional' });
    expect(await shop.notes()).toEqual(['optional', 'optional']);
  });

  it.each([
    ['empty', ''],
    ['too long', 'x'.repeat(256)],
    ['not ASCII', 'schl\u00fcssel'],
    ['quoted badly', '"k'],
    ['a quoted control character', '"a\\nb"'],
  ])('refuses a key that is %s', async (_name, key) => {
    const response = await shop.send({ key, body: '{"text":"hello"}' });
    expect([response.status, JSON.parse(response.body.toString()).code]).toEqual([
      400,
      'idempotency-key-invalid',
    ]);
  });

  it('leaves the key free when a pipe refuses the request', async () => {
    expect((await shop.send({ key: 'k', body: '{}' })).status).toBe(422);
    expect((await shop.send({ key: 'k', body: '{"text":"corrected"}' })).status).toBe(201);
  });

  it.each([
    ['body', { body: '{"text":"other"}' }],
    ['number in the body that only differs beyond 2^53', { body: '{"text":"hello","n":9007199254740993}' }],
    ['query', { path: '/notes?a=1' }],
    ['path', { path: '/notes/grouped' }],
  ])('refuses the key for a request with another %s', async (_name, change) => {
    await shop.send({ key: 'k', body: '{"text":"hello","n":9007199254740992}' });
    const reused = await shop.send({ key: 'k', body: '{"text":"hello","n":9007199254740992}', ...change });
    expect([reused.status, JSON.parse(reused.body.toString()).code]).toEqual([422, 'idempotency-key-reused']);
    for (const name of ['idempotency-replayed', 'retry-after']) expect(reused.headers.get(name)).toBeNull();
  });

  it('compares JSON by value: order of members, white space and 1.0 do not matter', async () => {
    await shop.send({ key: 'k', body: '{"text":"hello","n":1}' });
    const again = await shop.send({ key: 'k', body: '{ "n": 1.0, "text": "hello" }' });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('keeps the callers apart', async () => {
    const alice = await shop.send({ key: 'k', body: '{"text":"hello"}' });
    const bob = await shop.send({ key: 'k', body: '{"text":"other"}', caller: 'bob' });
    expect([alice.status, bob.status]).toEqual([201, 201]);
    expect(bob.headers.get('idempotency-replayed')).toBeNull();
    const status = await shop.send({ method: 'GET', path: '/idempotency-keys/k', caller: 'carol' });
    expect(status.status).toBe(404);
  });

  it('refuses a key that was sent twice', async () => {
    const [response] = await once(
      request(`${shop.url}/notes`, { method: 'POST', headers: { 'idempotency-key': ['k', 'k'] } }).end(),
      'response',
    );
    response.resume();
    expect(response.statusCode).toBe(400);
  });

  it('refuses the key for the same path with another method', async () => {
    await shop.send({ method: 'PUT', path: '/notes/7', key: 'k' });
    expect((await shop.send({ method: 'PATCH', path: '/notes/7', key: 'k' })).status).toBe(422);
  });

  it('stores a 4xx of the handler without its writes', async () => {
    const first = await shop.send({ method: 'DELETE', path: '/notes/7', key: 'k' });
    const again = await shop.send({ method: 'DELETE', path: '/notes/7', key: 'k' });
    expect([first.status, again.status]).toEqual([409, 409]);
    expect(again.body).toEqual(first.body);
    expect(JSON.parse(first.body.toString())).toEqual({ code: 'locked', id: '7' });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await shop.notes()).toEqual([]);
  });

  it('leaves nothing of a 5xx, and the key free', async () => {
    const gate = shop.gate;
    gate.error = new TypeError('a defect');
    expect((await shop.send({ key: 'k', body: '{"text":"hello"}' })).status).toBe(500);
    expect(await shop.notes()).toEqual([]);
    gate.error = undefined;
    expect((await shop.send({ key: 'k', body: '{"text":"hello"}' })).status).toBe(201);
  });

  it.each([
    ['204 without a body', 'PUT', '/notes/7', 204],
    ['a Buffer', 'PATCH', '/notes/7', 200],
    ['1 MB of text', 'POST', '/notes/large', 201],
    ['text', 'POST', '/notes/optional', 201],
  ])('replays %s', async (_name, method, path, status) => {
    const first = await shop.send({ method, path, key: 'k' });
    const again = await shop.send({ method, path, key: 'k' });
    expect([first.status, again.status]).toEqual([status, status]);
    expect(again.body.equals(first.body)).toBe(true);
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('refuses to half store a stream', async () => {
    expect((await shop.send({ path: '/notes/stream', key: 'k' })).status).toBe(500);
    expect(await shop.notes()).toEqual([]);
  });

  it('leaves GET alone', async () => {
    expect((await shop.send({ method: 'GET', key: 'k' })).body.toString()).toBe('0');
    await shop.send({ key: 'k', body: '{"text":"hello"}' });
    expect((await shop.send({ method: 'GET', key: 'k' })).body.toString()).toBe('1');
  });
});
