import { createTestDatabase, TcpLink } from '@semel/platform/testing';
import { type AdapterName, Gate, migrateShop, startShop, WriteNotes } from '../spec/shop.js';
import { overBothAdapters } from '../spec/two-instances.spec.js';

overBothAdapters((shop) => {
  it('says at once that the operation is in flight, holding no connection, also to other instances', async () => {
    const held = shop.hold();
    const first = shop.send({ key: 'k', body: '{"text":"slow"}' });
    await held.entered;
    const tries = Array.from({ length: 30 }, (_, index) =>
      shop.send({ key: 'k', body: '{"text":"slow"}', at: index % 2 ? shop.url : shop.otherUrl }),
    );
    for (const { status, headers, body } of await Promise.all(tries)) {
      expect([status, JSON.parse(body.toString())]).toEqual([
        409,
        expect.objectContaining({ code: 'operation-in-flight', idempotencyStatus: 'Received' }),
      ]);
      expect(headers.get('retry-after')).toMatch(/^[1-9][0-9]*$/);
      expect(headers.get('idempotency-status')).toBe('Received');
    }
    for (const at of [shop.url, shop.otherUrl]) {
      expect((await shop.send({ key: 'k', body: '{"text":"other"}', at })).status).toBe(422);
      const status = await shop.send({ method: 'GET', path: '/idempotency-keys/k', at });
      expect(JSON.parse(status.body.toString())).toMatchObject({
        key: 'k',
        status: 'Received',
        response: null,
      });
    }
    held.release();
    expect((await first).status).toBe(201);
    const status = await shop.send({ method: 'GET', path: '/idempotency-keys/k' });
    expect(JSON.parse(status.body.toString())).toMatchObject({
      key: 'k',
      status: 'Processed',
      method: 'POST',
      path: '/notes',
      response: { status: 201 },
    });
    expect(await shop.notes()).toEqual(['slow']);
  });

  it('waits for the answer where the client prefers to, also across instances', async () => {
    const held = shop.hold();
    const first = shop.send({ key: 'k', body: '{"text":"slow"}' });
    await held.entered;
    const waiting = [shop.url, shop.otherUrl, shop.url, shop.otherUrl].map((at) =>
      shop.send({ key: 'k', body: '{"text":"slow"}', prefer: 'wait=40', at }),
    );
    const impatient = await shop.send({ key: 'k', body: '{"text":"slow"}', prefer: 'wait=0' });
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
    expect(await shop.notes()).toEqual(['slow']);
  });

  it('lets a waiter take over when the first one failed', async () => {
    const held = shop.hold();
    const gate = shop.gate;
    gate.error = new TypeError('a defect');
    const first = shop.send({ key: 'k', body: '{"text":"slow"}' });
    await held.entered;
    const waiting = [shop.url, shop.otherUrl].map((at) =>
      shop.send({ key: 'k', body: '{"text":"slow"}', prefer: 'wait=20', at }),
    );
    gate.entered = () => {
      gate.error = undefined;
    };
    held.release();
    expect((await first).status).toBe(500);
    const statuses = (await Promise.all(waiting)).map(({ status }) => status);
    expect(statuses).toEqual([201, 201]);
    expect(await shop.notes()).toEqual(['slow']);
  });

  it('executes what gathers while a group is in flight as one group, and fails a culprit alone', async () => {
    const handler = shop.app.get(WriteNotes);
    const held = shop.hold();
    const texts = [
      'one',
      'two',
      ...Array.from({ length: 20 }, (_, n) => `n${n}`),
      'poison',
      'refused',
      'last',
    ];
    const sending = texts.map((text) =>
      shop
        .send({ path: '/notes/grouped', key: text, body: JSON.stringify({ text }) })
        .then(({ status }) => [text, status]),
    );
    await held.entered;
    held.release();
    const statuses = new Map((await Promise.all(sending)) as [string, number][]);
    expect(statuses.get('poison')).toBe(500);
    expect(statuses.get('refused')).toBe(409);
    expect([...statuses.values()].filter((status) => status === 201)).toHaveLength(texts.length - 2);
    expect((await shop.notes()).sort()).toEqual(
      texts.filter((text) => !['poison', 'refused'].includes(text)).sort(),
    );
    expect(Math.max(...handler.sizes)).toBeGreaterThan(1);
    const again = await shop.send({ path: '/notes/grouped', key: 'refused', body: '{"text":"refused"}' });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([409, 'true']);
  });

  it('runs the operation again by itself when its connection died before the commit', async () => {
    const held = shop.hold();
    const first = shop.send({ key: 'k', body: '{"text":"cut"}' });
    await held.entered;
    await shop.rows(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'",
    );
    held.release();
    const { status, headers, body } = await first;
    expect([status, headers.get('idempotency-replayed')]).toEqual([201, null]);
    const retry = await shop.send({ key: 'k', body: '{"text":"cut"}' });
    expect([retry.status, retry.headers.get('idempotency-replayed'), retry.body]).toEqual([
      201,
      'true',
      body,
    ]);
    expect(await shop.notes()).toEqual(['cut']);
  });
});

it.each<AdapterName>(['fastify', 'express'])(
  'never runs unprotected when the store can not be reached, over %s',
  async (adapter) => {
    const database = await createTestDatabase(migrateShop, 'idempotency-shop');
    const { link, url: throughLink } = await TcpLink.to(database.url);
    const { app, url } = await startShop(adapter, throughLink);
    const entered = jest.fn();
    app.get(Gate).entered = entered;
    link.close();
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
    await database.drop();
  },
);
