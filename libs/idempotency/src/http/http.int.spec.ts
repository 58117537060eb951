import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { deferred } from '../engine/deferred.js';
import { CuttingProxy } from '../spec/cutting-proxy.js';
import { type AdapterName, type App, Gate, migrateShop, startShop, WriteNotes } from '../spec/shop.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
});
afterAll(() => database.drop());

describe.each<AdapterName>(['fastify', 'express'])('over %s', (adapter) => {
  let app: App;
  let other: App;
  let url: string;
  let otherUrl: string;

  beforeAll(async () => {
    ({ app, url } = await startShop(adapter, database.url));
    ({ app: other, url: otherUrl } = await startShop(adapter, database.url));
  });
  afterAll(() => Promise.all([app.close(), other.close()]));
  beforeEach(() => app.get(DataSource).query('TRUNCATE idempotency_key, note RESTART IDENTITY'));
  afterEach(() => {
    const gate = app.get(Gate);
    gate.hold = Promise.resolve();
    gate.error = undefined;
    gate.entered = () => undefined;
  });

  interface Sent {
    readonly method?: string;
    readonly path?: string;
    readonly key?: string;
    readonly body?: string;
    readonly caller?: string;
    readonly prefer?: string;
    readonly at?: string;
  }

  async function send({
    method = 'POST',
    path = '/notes',
    key,
    body,
    caller = 'alice',
    prefer,
    at = url,
  }: Sent) {
    const response = await fetch(at + path, {
      method,
      headers: {
        'x-caller': caller,
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(prefer !== undefined && { prefer }),
      },
      ...(body !== undefined && { body }),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: Buffer.from(await response.arrayBuffer()),
    };
  }

  const notes = async (): Promise<string[]> =>
    (await app.get(DataSource).query('SELECT text FROM note ORDER BY id')).map(
      ({ text }: { text: string }) => text,
    );

  function hold(): { readonly entered: Promise<string>; release(): void } {
    const [entered, go] = [deferred<string>(), deferred<void>()];
    const gate = app.get(Gate);
    gate.entered = entered.resolve;
    gate.hold = go.promise;
    return { entered: entered.promise, release: () => go.resolve() };
  }

  it('runs the handler once and replays status, body and headers byte for byte, on any instance', async () => {
    const first = await send({ key: 'k', body: '{"text":"hello"}' });
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotency-status')).toBe('Processed');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(first.headers.get('idempotency-expires')).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
    expect(first.headers.get('x-not-kept')).toBe('gone');
    for (const at of [url, otherUrl]) {
      const again = await send({ key: 'k', body: '{"text":"hello"}', at });
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
    expect(await notes()).toEqual(['hello']);
  });

  it.each([
    ['quoted', '"k"'],
    ['surrounded by white space', '  k\t'],
  ])('takes a key that is %s for the same key', async (_name, key) => {
    await send({ key: 'k', body: '{"text":"hello"}' });
    expect((await send({ key, body: '{"text":"hello"}' })).headers.get('idempotency-replayed')).toBe('true');
  });

  it('needs a key where the route says so', async () => {
    const missing = await send({ body: '{"text":"hello"}' });
    expect([missing.status, JSON.parse(missing.body.toString())]).toEqual([
      400,
      expect.objectContaining({ code: 'idempotency-key-missing' }),
    ]);
    await send({ path: '/notes/optional' });
    await send({ path: '/notes/optional' });
    expect(await notes()).toEqual(['optional', 'optional']);
  });

  it.each([
    ['empty', ''],
    ['too long', 'x'.repeat(256)],
    ['not ASCII', 'schl\u00fcssel'],
    ['quoted badly', '"k'],
    ['a quoted control character', '"a\\nb"'],
  ])('refuses a key that is %s', async (_name, key) => {
    const response = await send({ key, body: '{"text":"hello"}' });
    expect([response.status, JSON.parse(response.body.toString()).code]).toEqual([
      400,
      'idempotency-key-invalid',
    ]);
  });

  it('leaves the key free when a pipe refuses the request', async () => {
    expect((await send({ key: 'k', body: '{}' })).status).toBe(422);
    expect((await send({ key: 'k', body: '{"text":"corrected"}' })).status).toBe(201);
  });

  it.each([
    ['body', { body: '{"text":"other"}' }],
    ['number in the body that only differs beyond 2^53', { body: '{"text":"hello","n":9007199254740993}' }],
    ['query', { path: '/notes?a=1' }],
    ['path', { path: '/notes/grouped' }],
  ])('refuses the key for a request with another %s', async (_name, change) => {
    await send({ key: 'k', body: '{"text":"hello","n":9007199254740992}' });
    const reused = await send({ key: 'k', body: '{"text":"hello","n":9007199254740992}', ...change });
    expect([reused.status, JSON.parse(reused.body.toString()).code]).toEqual([422, 'idempotency-key-reused']);
    expect(reused.headers.get('idempotency-replayed')).toBeNull();
  });

  it('compares JSON by value: order of members, white space and 1.0 do not matter', async () => {
    await send({ key: 'k', body: '{"text":"hello","n":1}' });
    const again = await send({ key: 'k', body: '{ "n": 1.0, "text": "hello" }' });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('keeps the callers apart', async () => {
    const alice = await send({ key: 'k', body: '{"text":"hello"}' });
    const bob = await send({ key: 'k', body: '{"text":"other"}', caller: 'bob' });
    expect([alice.status, bob.status]).toEqual([201, 201]);
    expect(bob.headers.get('idempotency-replayed')).toBeNull();
    const status = await send({ method: 'GET', path: '/idempotency-keys/k', caller: 'carol' });
    expect(status.status).toBe(404);
  });

  it('says at once that the operation is in flight, holding no connection, also to other instances', async () => {
    const held = hold();
    const first = send({ key: 'k', body: '{"text":"slow"}' });
    await held.entered;
    const tries = Array.from({ length: 30 }, (_, index) =>
      send({ key: 'k', body: '{"text":"slow"}', at: index % 2 ? url : otherUrl }),
    );
    for (const { status, headers, body } of await Promise.all(tries)) {
      expect([status, JSON.parse(body.toString())]).toEqual([
        409,
        expect.objectContaining({ code: 'operation-in-flight', idempotencyStatus: 'Received' }),
      ]);
      expect(headers.get('retry-after')).toMatch(/^[1-9][0-9]*$/);
      expect(headers.get('idempotency-status')).toBe('Received');
    }
    for (const at of [url, otherUrl]) {
      expect((await send({ key: 'k', body: '{"text":"other"}', at })).status).toBe(422);
      const status = await send({ method: 'GET', path: '/idempotency-keys/k', at });
      expect(JSON.parse(status.body.toString())).toMatchObject({
        key: 'k',
        status: 'Received',
        response: null,
      });
    }
    held.release();
    expect((await first).status).toBe(201);
    const status = await send({ method: 'GET', path: '/idempotency-keys/k' });
    expect(JSON.parse(status.body.toString())).toMatchObject({
      key: 'k',
      status: 'Processed',
      method: 'POST',
      path: '/notes',
      response: { status: 201 },
    });
    expect(await notes()).toEqual(['slow']);
  });

  it('waits for the answer where the client prefers to, also across instances', async () => {
    const held = hold();
    const first = send({ key: 'k', body: '{"text":"slow"}' });
    await held.entered;
    const waiting = [url, otherUrl, url, otherUrl].map((at) =>
      send({ key: 'k', body: '{"text":"slow"}', prefer: 'wait=40', at }),
    );
    const impatient = await send({ key: 'k', body: '{"text":"slow"}', prefer: 'wait=0' });
    expect([impatient.status, impatient.headers.get('preference-applied')]).toEqual([409, 'wait=0']);
    held.release();
    const { body } = await first;
    for (const waited of await Promise.all(waiting)) {
      expect([waited.status, waited.headers.get('preference-applied'), waited.body]).toEqual([
        201,
        'wait=30',
        body,
      ]);
      expect(waited.headers.get('idempotency-replayed')).toBe('true');
    }
    expect(await notes()).toEqual(['slow']);
  });

  it('lets a waiter take over when the first one failed', async () => {
    const held = hold();
    const gate = app.get(Gate);
    gate.error = new TypeError('a defect');
    const first = send({ key: 'k', body: '{"text":"slow"}' });
    await held.entered;
    const waiting = [url, otherUrl].map((at) =>
      send({ key: 'k', body: '{"text":"slow"}', prefer: 'wait=20', at }),
    );
    gate.entered = () => {
      gate.error = undefined;
    };
    held.release();
    expect((await first).status).toBe(500);
    const statuses = (await Promise.all(waiting)).map(({ status }) => status);
    expect(statuses).toEqual([201, 201]);
    expect(await notes()).toEqual(['slow']);
  });

  it('stores a 4xx of the handler without its writes', async () => {
    const first = await send({ method: 'DELETE', path: '/notes/7', key: 'k' });
    const again = await send({ method: 'DELETE', path: '/notes/7', key: 'k' });
    expect([first.status, again.status]).toEqual([409, 409]);
    expect(again.body).toEqual(first.body);
    expect(JSON.parse(first.body.toString())).toEqual({ code: 'locked', id: '7' });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await notes()).toEqual([]);
  });

  it('leaves nothing of a 5xx, and the key free', async () => {
    const gate = app.get(Gate);
    gate.error = new TypeError('a defect');
    expect((await send({ key: 'k', body: '{"text":"hello"}' })).status).toBe(500);
    expect(await notes()).toEqual([]);
    gate.error = undefined;
    expect((await send({ key: 'k', body: '{"text":"hello"}' })).status).toBe(201);
  });

  it.each([
    ['204 without a body', 'PUT', '/notes/7', 204],
    ['a Buffer', 'PATCH', '/notes/7', 200],
    ['1 MB of text', 'POST', '/notes/large', 201],
    ['text', 'POST', '/notes/optional', 201],
  ])('replays %s', async (_name, method, path, status) => {
    const first = await send({ method, path, key: 'k' });
    const again = await send({ method, path, key: 'k' });
    expect([first.status, again.status]).toEqual([status, status]);
    expect(again.body.equals(first.body)).toBe(true);
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('refuses to half store a stream', async () => {
    expect((await send({ path: '/notes/stream', key: 'k' })).status).toBe(500);
    expect(await notes()).toEqual([]);
  });

  it('leaves GET alone', async () => {
    expect((await send({ method: 'GET', key: 'k' })).body.toString()).toBe('0');
    await send({ key: 'k', body: '{"text":"hello"}' });
    expect((await send({ method: 'GET', key: 'k' })).body.toString()).toBe('1');
  });

  it('executes what gathers while a group is in flight as one group, and fails a culprit alone', async () => {
    const handler = app.get(WriteNotes);
    const held = hold();
    const texts = [
      'one',
      'two',
      ...Array.from({ length: 20 }, (_, n) => `n${n}`),
      'poison',
      'refused',
      'last',
    ];
    const sending = texts.map((text) =>
      send({ path: '/notes/grouped', key: text, body: JSON.stringify({ text }) }).then(({ status }) => [
        text,
        status,
      ]),
    );
    await held.entered;
    held.release();
    const statuses = new Map((await Promise.all(sending)) as [string, number][]);
    expect(statuses.get('poison')).toBe(500);
    expect(statuses.get('refused')).toBe(409);
    expect([...statuses.values()].filter((status) => status === 201)).toHaveLength(texts.length - 2);
    expect((await notes()).sort()).toEqual(
      texts.filter((text) => !['poison', 'refused'].includes(text)).sort(),
    );
    expect(Math.max(...handler.sizes)).toBeGreaterThan(1);
    const again = await send({ path: '/notes/grouped', key: 'refused', body: '{"text":"refused"}' });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([409, 'true']);
  });

  it('runs the operation again by itself when its connection died before the commit', async () => {
    const held = hold();
    const first = send({ key: 'k', body: '{"text":"cut"}' });
    await held.entered;
    await other
      .get(DataSource)
      .query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'",
      );
    held.release();
    const { status, headers, body } = await first;
    expect([status, headers.get('idempotency-replayed')]).toEqual([201, null]);
    const retry = await send({ key: 'k', body: '{"text":"cut"}' });
    expect([retry.status, retry.headers.get('idempotency-replayed'), retry.body]).toEqual([
      201,
      'true',
      body,
    ]);
    expect(await notes()).toEqual(['cut']);
  });
});

it.each<AdapterName>(['fastify', 'express'])(
  'never runs unprotected when the store can not be reached, over %s',
  async (adapter) => {
    const proxy = new CuttingProxy(new URL(database.url), 'nowhere');
    const { app, url } = await startShop(adapter, await proxy.listen());
    const entered = jest.fn();
    app.get(Gate).entered = entered;
    proxy.close();
    const response = await fetch(`${url}/notes`, {
      method: 'POST',
      headers: { 'idempotency-key': 'k', 'content-type': 'application/json' },
      body: '{"text":"hello"}',
    });
    expect([response.status, await response.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'idempotency-unavailable' }),
    ]);
    expect(response.headers.get('retry-after')).toMatch(/^[1-9][0-9]*$/);
    expect(entered).not.toHaveBeenCalled();
    await app.close();
  },
);
