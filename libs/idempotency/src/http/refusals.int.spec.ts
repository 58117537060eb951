import { request } from 'node:http';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { IdempotencyKeysController } from '../index.js';
import { migrateShop } from '../spec/shop.js';
import { type AdapterName, type RunningApp, startApp } from '../spec/start-app.js';
import { Held, ThingsController, Together } from '../spec/things.js';

interface Sent {
  readonly key?: string;
  readonly body?: string;
  readonly type?: string;
  readonly guard?: string;
  readonly prefer?: string;
  readonly path?: string;
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
});
afterAll(() => database.drop());

const hello = '{"text":"hello"}';

describe.each<AdapterName>(['fastify', 'express'])('over %s', (adapter) => {
  let running: RunningApp;
  let held: Held;

  /** Two connections and two seconds for a claim; a group at a time and one waiting. */
  beforeAll(async () => {
    running = await startApp(adapter, database.url, {
      controllers: [ThingsController, IdempotencyKeysController],
      providers: [Held, Together],
      options: { claimTimeout: 500, groups: { size: 1, inFlight: 1, waiting: 1 } },
      pool: { max: 2 },
    });
    held = running.app.get(Held);
  });
  afterAll(() => running.app.close());
  beforeEach(async () => {
    held.runs.length = 0;
    await running.app.get(DataSource).query('TRUNCATE idempotency_key');
  });

  // What a failed test left held must not fail the next ones.
  afterEach(() => held.releaseAll());

  async function send({ key, body, type = 'application/json', guard, prefer, path = '/things' }: Sent) {
    const response = await fetch(running.url + path, {
      method: 'POST',
      headers: {
        'x-caller': 'alice',
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(body !== undefined && { 'content-type': type }),
        ...(guard !== undefined && { 'x-guard': guard }),
        ...(prefer !== undefined && { prefer }),
      },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    const code: unknown = text.startsWith('{') ? JSON.parse(text).code : undefined;
    return { status: response.status, code, headers: response.headers, text };
  }

  const lookUp = async (key: string, caller = 'alice') => {
    const response = await fetch(`${running.url}/idempotency-keys/${encodeURIComponent(key)}`, {
      headers: { 'x-caller': caller },
    });
    const told: object = Object(await response.json());
    return { status: response.status, ...told };
  };

  it('refuses in the documented order: 401, 403, the key, the body, the reuse of the key', async () => {
    const order: [Sent, number, string | undefined][] = [
      [{ guard: '401', body: '{}' }, 401, undefined],
      [{ guard: '403', body: '{}' }, 403, undefined],
      [{ body: '{}' }, 400, 'idempotency-key-missing'],
      [{ key: '"k', body: '{}' }, 400, 'idempotency-key-invalid'],
      [{ key: 'k', body: '{}' }, 422, 'invalid-request'],
      [{ key: 'k', body: '{"text":"other"}' }, 422, 'idempotency-key-reused'],
    ];
    await send({ key: 'k', body: hello });
    for (const [sent, status, code] of order) {
      const refused = await send(sent);
      expect([sent, refused.status, refused.code]).toEqual([sent, status, code]);
    }
    expect(held.runs).toEqual(['hello']);
  });

  it.each<[string, Sent, readonly number[]]>([
    ['the guard does not know', { guard: '401', body: hello }, [401]],
    ['the guard does not let in', { guard: '403', body: hello }, [403]],
    ['is malformed JSON', { body: '{"text":' }, [400]],
    ['is too large', { body: JSON.stringify({ text: 'x'.repeat(1_100_000) }) }, [413]],
    ['is of another media type', { body: '<a/>', type: 'application/xml' }, [415, 422]],
    ['a pipe refuses', { body: '{"text":1}' }, [422]],
  ])(
    'stores nothing of a request that %s: its key may be used for a corrected one',
    async (_, sent, statuses) => {
      expect(statuses).toContain((await send({ ...sent, key: 'k' })).status);
      expect(await lookUp('k')).toMatchObject({ status: 404 });
      const corrected = await send({ key: 'k', body: hello });
      expect([corrected.status, corrected.headers.get('idempotency-replayed')]).toEqual([201, null]);
    },
  );

  it('takes a number and its digits in a text for different bodies', async () => {
    await send({ key: 'k', body: '{"text":"hello","n":1}' });
    expect((await send({ key: 'k', body: '{"text":"hello","n":"1"}' })).code).toBe('idempotency-key-reused');
  });

  it('forgets a key whose life is over: it is unknown, and runs again once', async () => {
    await send({ key: 'k', body: hello });
    await running.app
      .get(DataSource)
      .query("UPDATE idempotency_key SET expires_at = now() - interval '1 second'");
    expect(await lookUp('k')).toMatchObject({ status: 404 });
    const other = { key: 'k', body: '{"text":"other"}' };
    expect((await send(other)).headers.get('idempotency-replayed')).toBeNull();
    expect((await send(other)).headers.get('idempotency-replayed')).toBe('true');
    expect(held.runs).toEqual(['hello', 'other']);
  });

  it('finishes what a client that hung up had asked for, and has its answer for the retry', async () => {
    const holding = held.hold('left');
    const client = request(`${running.url}/things`, {
      method: 'POST',
      headers: { 'x-caller': 'alice', 'idempotency-key': 'k', 'content-type': 'application/json' },
    });
    client.on('error', () => undefined);
    client.end('{"text":"left"}');
    await holding.entered;
    const closed = new Promise((resolve) => client.once('close', resolve));
    client.destroy();
    await closed;
    holding.release();
    const retry = await send({ key: 'k', body: '{"text":"left"}', prefer: 'wait=10' });
    expect([retry.status, retry.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(held.runs).toEqual(['left']);
  });

  it('answers 503 where a claim is not had in time, and 409 for what runs, without any connection', async () => {
    const holding = [held.hold('one'), held.hold('two')];
    const running = ['one', 'two'].map((text) => send({ key: text, body: JSON.stringify({ text }) }));
    await Promise.all(holding.map(({ entered }) => entered));
    // Both connections of the pool are taken now.
    expect((await send({ key: 'one', body: '{"text":"one"}' })).code).toBe('operation-in-flight');
    expect((await send({ key: 'one', body: '{"text":"other"}' })).code).toBe('idempotency-key-reused');
    const late = await send({ key: 'three', body: '{"text":"three"}' });
    expect([late.status, late.code]).toEqual([503, 'idempotency-unavailable']);
    expect(late.headers.get('retry-after')).toMatch(/^[1-9][0-9]*$/);
    for (const { release } of holding) release();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([201, 201]);
    expect(held.runs).toEqual(['one', 'two']);
    expect((await send({ key: 'three', body: '{"text":"three"}' })).status).toBe(201);
  });

  it('answers 503 overloaded where more operations wait than the process takes on', async () => {
    const holding = held.hold('first');
    const path = '/things/together';
    const first = send({ path, key: 'first', body: '{"text":"first"}' });
    await holding.entered;
    const rest = ['second', 'third'].map((text) => send({ path, key: text, body: JSON.stringify({ text }) }));
    const refused = await Promise.race(rest);
    expect([refused.status, refused.code]).toEqual([503, 'overloaded']);
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9][0-9]*$/);
    holding.release();
    expect((await first).status).toBe(201);
    expect((await Promise.all(rest)).map(({ status }) => status).sort()).toEqual([201, 503]);
  });

  it('says on every answer to a valid Prefer: wait that it was applied, and on no other', async () => {
    const prefer = 'wait=1';
    const answers: [Sent, number][] = [
      [{ body: hello }, 400],
      [{ key: '"k', body: hello }, 400],
      [{ key: 'k', body: '{}' }, 422],
      [{ key: 'k', body: hello }, 201],
      [{ key: 'k', body: hello }, 201],
      [{ key: 'k', body: '{"text":"other"}' }, 422],
      [{ key: 'l', body: '{"text":"defect"}' }, 500],
    ];
    for (const [sent, status] of answers) {
      const answer = await send({ ...sent, prefer });
      expect([sent, answer.status, answer.headers.get('preference-applied')]).toEqual([sent, status, prefer]);
    }
    const holding = held.hold('slow');
    const slow = { key: 'm', body: '{"text":"slow"}' };
    const first = send({ ...slow, prefer });
    await holding.entered;
    const waited = await send({ ...slow, prefer });
    expect([waited.status, waited.headers.get('preference-applied')]).toEqual([409, prefer]);
    holding.release();
    expect((await first).headers.get('preference-applied')).toBe(prefer);
    for (const invalid of ['wait=x', 'respond-async'])
      expect((await send({ ...slow, prefer: invalid })).headers.get('preference-applied')).toBeNull();
  });

  it('tells the caller, and nobody else, what became of a key, whatever characters it has', async () => {
    const key = 'a/b "c" %41?#';
    const holding = held.hold('slow');
    const first = send({ key, body: '{"text":"slow"}' });
    await holding.entered;
    const unknown = { status: 404, code: 'not-found' };
    expect(await lookUp(key)).toMatchObject({
      key,
      status: 'Received',
      method: 'POST',
      path: '/things',
      response: null,
    });
    expect(await lookUp(key, 'bob')).toMatchObject(unknown);
    holding.release();
    await first;
    expect(await lookUp(key)).toEqual({
      key,
      status: 'Processed',
      method: 'POST',
      path: '/things',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      processedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      response: { status: 201 },
    });
    expect(await lookUp(key, 'bob')).toMatchObject(unknown);
    expect(await lookUp('never used')).toMatchObject(unknown);
    expect(await lookUp('x'.repeat(256))).toMatchObject(unknown);
  });
});
