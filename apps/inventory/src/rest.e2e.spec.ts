import { randomUUID } from 'node:crypto';
import { ProblemDocument } from '@semel/contracts';
import { placed } from './testing/purchases.spec.js';
import { type Answer, RunningInventory } from './testing/running-inventory.spec.js';

describe('Inventory over REST', () => {
  let inventory: RunningInventory;
  beforeAll(async () => {
    inventory = await RunningInventory.start();
  });
  afterAll(async () => {
    const unexplained = await inventory.database.unexplained();
    await inventory.stop();
    expect(unexplained).toEqual([]);
  });

  const shelf = async (available: number): Promise<string> => {
    const sku = `SKU-${randomUUID()}`;
    await inventory.database.shelve({ [sku]: available });
    return sku;
  };
  const movementsOf = (sku: string) =>
    inventory.database.rows(
      `SELECT kind, delta_available::int AS available, reason, actor FROM stock_movement WHERE sku = $1 ORDER BY id`,
      [sku],
    );
  const codeOf = ({ status, json, headers }: Answer): [number, string] => {
    expect(headers.get('content-type')).toBe('application/problem+json');
    const problem = ProblemDocument.parse(json);
    expect(problem).toMatchObject({ status, type: `/problems/${problem.code}` });
    return [status, problem.code];
  };

  describe('GET /stock', () => {
    it('pages through every SKU once, in their order, whatever is added meanwhile', async () => {
      const prefix = randomUUID();
      const skus = Array.from({ length: 25 }, (_, n) => `${prefix}-${String(n).padStart(2, '0')}`);
      await inventory.database.shelve(Object.fromEntries(skus.map((sku) => [sku, 1])));
      const found: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor === '' ? '?limit=10' : `?limit=10&cursor=${cursor}`;
        const { status, json } = await inventory.ask('GET', `/stock${query}`, { as: 'alice' });
        expect(status).toBe(200);
        const page = json as { items: { sku: string }[]; nextCursor: string | null };
        expect(page.items.length).toBeLessThanOrEqual(10);
        found.push(...page.items.map(({ sku }) => sku));
        // It sorts before all others, so that an offset would show one of them twice.
        await inventory.database.shelve({ [`-${found.length}`]: 1 });
        cursor = page.nextCursor;
      }
      expect(found.filter((sku) => sku.startsWith(prefix))).toEqual(skus);
      expect(found).toEqual([...found].sort());
      expect(new Set(found).size).toBe(found.length);
    });

    it('gives 20 by default', async () => {
      await inventory.database.shelve(
        Object.fromEntries(Array.from({ length: 21 }, () => [randomUUID(), 1])),
      );
      const { json } = await inventory.ask('GET', '/stock');
      expect((json as { items: unknown[] }).items).toHaveLength(20);
    });

    it.each([
      'limit=0',
      'limit=101',
      'limit=x',
      'limit=1.5',
      'limit=',
      'cursor=x',
      'cursor=',
      'cursor=IjAgMSI',
    ])('refuses %s', async (query) => {
      expect(codeOf(await inventory.ask('GET', `/stock?${query}`))).toEqual([422, 'invalid-request']);
    });
  });

  it('GET /stock/{sku} tells what there is, or that there is no such SKU', async () => {
    const sku = await shelf(7);
    const found = await inventory.ask('GET', `/stock/${sku}`, { as: 'alice' });
    expect([found.status, found.json]).toEqual([200, { sku, available: 7, reserved: 0 }]);
    for (const unknown of ['no-such', 'a%20b', 'a%00b', 'x'.repeat(65), '%F0%9F%8D%B5']) {
      expect(codeOf(await inventory.ask('GET', `/stock/${unknown}`))).toEqual([404, 'not-found']);
    }
  });

  describe('PUT /stock/{sku}', () => {
    it('creates the SKU, sets it, and records each as a movement of the operator', async () => {
      const sku = randomUUID();
      const put = (available: number) => inventory.ask('PUT', `/stock/${sku}`, { body: { available } });
      const created = await put(10);
      expect([created.status, created.json]).toEqual([200, { sku, available: 10, reserved: 0 }]);
      expect((await put(4)).json).toEqual({ sku, available: 4, reserved: 0 });
      expect((await put(4)).json).toEqual({ sku, available: 4, reserved: 0 });
      expect(await movementsOf(sku)).toEqual([
        { kind: 'set', available: 10, reason: null, actor: 'olga' },
        { kind: 'set', available: -6, reason: null, actor: 'olga' },
        { kind: 'set', available: 0, reason: null, actor: 'olga' },
      ]);
    });

    it('leaves alone what is reserved', async () => {
      const [sku, orderId] = [await shelf(5), randomUUID()];
      await inventory.send(placed(orderId, { [sku]: 2 }));
      await inventory.answers.untilKey(orderId);
      const { json } = await inventory.ask('PUT', `/stock/${sku}`, { body: { available: 0 } });
      expect(json).toEqual({ sku, available: 0, reserved: 2 });
    });

    it('twenty at once for a new SKU: one row, every difference recorded', async () => {
      const sku = randomUUID();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          inventory.ask('PUT', `/stock/${sku}`, { body: { available: n } }),
        ),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(await movementsOf(sku)).toHaveLength(20);
    });

    it.each<[string, unknown, number, string]>([
      ['a negative number', { available: -1 }, 422, 'invalid-request'],
      ['more than a billion', { available: 1_000_000_001 }, 422, 'invalid-request'],
      ['a fraction', { available: 0.5 }, 422, 'invalid-request'],
      ['a number in quotes', { available: '5' }, 422, 'invalid-request'],
      ['nothing', {}, 422, 'invalid-request'],
      ['an unknown member', { available: 1, reserved: 0 }, 422, 'invalid-request'],
      ['an array', [], 422, 'invalid-request'],
      ['malformed JSON', '{"available":', 400, 'malformed-json'],
      ['more than 1 MiB', `{"available": ${' '.repeat(1_048_576)}1}`, 413, 'payload-too-large'],
    ])('refuses %s', async (_, body, status, code) => {
      const sku = randomUUID();
      expect(codeOf(await inventory.ask('PUT', `/stock/${sku}`, { body }))).toEqual([status, code]);
      expect(await movementsOf(sku)).toEqual([]);
    });

    it('refuses a SKU that none can be, a customer, a stranger, and what is not JSON', async () => {
      const body = { available: 1 };
      expect(codeOf(await inventory.ask('PUT', '/stock/a%20b', { body }))).toEqual([422, 'invalid-request']);
      expect(codeOf(await inventory.ask('PUT', '/stock/A', { body, as: 'alice' }))).toEqual([
        403,
        'forbidden',
      ]);
      expect(codeOf(await inventory.ask('PUT', '/stock/A', { body, as: '' }))).toEqual([401, 'unauthorized']);
      const headers = { 'content-type': 'text/plain' };
      const plain = await inventory.ask('PUT', '/stock/A', { body, headers });
      expect(codeOf(plain)).toEqual([415, 'unsupported-media-type']);
    });

    it('takes the limits themselves', async () => {
      const sku = 'x'.repeat(64);
      for (const available of [0, 1_000_000_000]) {
        const { status } = await inventory.ask('PUT', `/stock/${sku}`, { body: { available } });
        expect(status).toBe(200);
      }
    });
  });

  describe('POST /stock/{sku}/adjustments', () => {
    const adjust = (sku: string, body: unknown, key: string = randomUUID()) =>
      inventory.ask('POST', `/stock/${sku}/adjustments`, { key, body });

    it('adds once for its key: a retry gets the same bytes', async () => {
      const [sku, key] = [await shelf(5), randomUUID()];
      const first = await adjust(sku, { delta: -2, reason: 'two broke' }, key);
      expect([first.status, first.json]).toEqual([200, { sku, available: 3, reserved: 0 }]);
      expect(first.headers.get('idempotency-status')).toBe('Processed');
      expect(Date.parse(first.headers.get('idempotency-expires') ?? '')).toBeGreaterThan(Date.now());
      const again = await adjust(sku, { reason: 'two broke', delta: -2 }, key);
      expect([again.status, again.text]).toEqual([200, first.text]);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(await movementsOf(sku)).toEqual([
        { kind: 'set', available: 5, reason: null, actor: null },
        { kind: 'adjustment', available: -2, reason: 'two broke', actor: 'olga' },
      ]);
    });

    it('25 at once with one key are one adjustment', async () => {
      const [sku, key] = [await shelf(0), randomUUID()];
      const answers = await Promise.all(
        Array.from({ length: 25 }, () =>
          inventory.ask('POST', `/stock/${sku}/adjustments`, {
            key,
            body: { delta: 1, reason: 'found' },
            headers: { prefer: 'wait=20' },
          }),
        ),
      );
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(await inventory.database.stock(sku)).toEqual([1, 0]);
    });

    it('never goes below zero: 409, stored, replayed even when there is enough again', async () => {
      const [sku, key] = [await shelf(1), randomUUID()];
      const refused = await adjust(sku, { delta: -2, reason: 'count' }, key);
      expect(codeOf(refused)).toEqual([409, 'insufficient-stock']);
      expect(refused.headers.get('idempotency-status')).toBe('Processed');
      await inventory.ask('PUT', `/stock/${sku}`, { body: { available: 9 } });
      const again = await adjust(sku, { delta: -2, reason: 'count' }, key);
      expect([again.status, again.text]).toEqual([409, refused.text]);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(again.headers.get('content-type')).toBe('application/problem+json');
      expect(await inventory.database.stock(sku)).toEqual([9, 0]);
      expect(await movementsOf(sku)).toHaveLength(2);
    });

    it('never goes over a billion: 409 as well', async () => {
      const sku = await shelf(1_000_000_000);
      const refused = await adjust(sku, { delta: 1, reason: 'count' });
      expect(codeOf(refused)).toEqual([409, 'stock-limit-exceeded']);
      expect((await adjust(sku, { delta: -1, reason: 'count' })).status).toBe(200);
    });

    it('does not know a SKU: 404, stored, replayed even when it exists by then', async () => {
      const [sku, key] = [randomUUID(), randomUUID()];
      const missing = await adjust(sku, { delta: 1, reason: 'count' }, key);
      expect(codeOf(missing)).toEqual([404, 'not-found']);
      await inventory.ask('PUT', `/stock/${sku}`, { body: { available: 9 } });
      expect((await adjust(sku, { delta: 1, reason: 'count' }, key)).text).toBe(missing.text);
      expect(await inventory.database.stock(sku)).toEqual([9, 0]);
    });

    it('keeps any text as the reason', async () => {
      const sku = await shelf(0);
      for (const reason of ['\u0000', '\ud800', '"{}\\', '茶'.repeat(2_000)]) {
        expect((await adjust(sku, { delta: 1, reason })).status).toBe(200);
      }
      const rows = await inventory.database.rows<{ reason: string }>(
        `SELECT reason::text FROM stock_movement WHERE sku = $1 AND kind = 'adjustment' ORDER BY id`,
        [sku],
      );
      const reasons = rows.map(({ reason }) => JSON.parse(reason));
      expect(reasons).toEqual(['\u0000', '\ud800', '"{}\\', '茶'.repeat(2_000)]);
    });

    it('another request with the key: 422', async () => {
      const [sku, key] = [await shelf(5), randomUUID()];
      await adjust(sku, { delta: 1, reason: 'count' }, key);
      const other = await adjust(sku, { delta: 2, reason: 'count' }, key);
      expect(codeOf(other)).toEqual([422, 'idempotency-key-reused']);
      expect(await inventory.database.stock(sku)).toEqual([6, 0]);
    });

    it.each<[string, unknown]>([
      ['a delta of zero', { delta: 0, reason: 'x' }],
      ['a fraction', { delta: 0.5, reason: 'x' }],
      ['text', { delta: '1', reason: 'x' }],
      ['more than a billion', { delta: 1_000_000_001, reason: 'x' }],
      ['less than minus a billion', { delta: -1_000_000_001, reason: 'x' }],
      ['no reason', { delta: 1 }],
      ['an empty reason', { delta: 1, reason: '' }],
      ['too long a reason', { delta: 1, reason: 'x'.repeat(2_001) }],
      ['an unknown member', { delta: 1, reason: 'x', sku: 'A' }],
    ])('refuses %s, and the key stays free', async (_, body) => {
      const [sku, key] = [await shelf(5), randomUUID()];
      expect(codeOf(await adjust(sku, body, key))).toEqual([422, 'invalid-request']);
      expect(
        (await adjust(sku, { delta: 1, reason: 'x' }, key)).headers.get('idempotency-replayed'),
      ).toBeNull();
      expect(await inventory.database.stock(sku)).toEqual([6, 0]);
    });

    it('refuses in the order of the contract: token, role, key, body', async () => {
      const path = `/stock/${await shelf(5)}/adjustments`;
      const broken = { body: '{' };
      expect(codeOf(await inventory.ask('POST', path, { ...broken, as: '' }))).toEqual([401, 'unauthorized']);
      expect(codeOf(await inventory.ask('POST', path, { ...broken, as: 'alice' }))).toEqual([
        403,
        'forbidden',
      ]);
      expect(codeOf(await inventory.ask('POST', path, broken))).toEqual([400, 'idempotency-key-missing']);
      const empty = await inventory.ask('POST', path, { ...broken, key: '""' });
      expect(codeOf(empty)).toEqual([400, 'idempotency-key-invalid']);
      const malformed = await inventory.ask('POST', path, { ...broken, key: randomUUID() });
      expect(codeOf(malformed)).toEqual([400, 'malformed-json']);
    });

    it('beside reservations, every unit is accounted for', async () => {
      const sku = await shelf(300);
      const orders = Array.from({ length: 200 }, () => placed(randomUUID(), { [sku]: 1 }));
      const adjusting = Promise.all(
        Array.from({ length: 60 }, (_, n) =>
          n % 6 === 0
            ? inventory.ask('PUT', `/stock/${sku}`, { body: { available: 50 + n } })
            : adjust(sku, { delta: n % 2 === 0 ? 3 : -2, reason: 'count' }),
        ),
      );
      for (let start = 0; start < orders.length; start += 20) {
        await inventory.send(...orders.slice(start, start + 20));
      }
      const statuses = new Set((await adjusting).map(({ status }) => status));
      for (const status of statuses) expect([200, 409]).toContain(status);
      await Promise.all(orders.map(({ key }) => inventory.answers.untilKey(key)));
      expect(await inventory.database.unexplained()).toEqual([]);
    });
  });

  describe('GET /reservations/{orderId}', () => {
    it('is for its customer and for operators; nobody else learns that it exists', async () => {
      const [sku, orderId] = [await shelf(5), randomUUID()];
      await inventory.send(placed(orderId, { [sku]: 2 }, 'alice'));
      await inventory.answers.untilKey(orderId);
      const expected = { orderId, status: 'reserved', lines: [{ sku, quantity: 2 }] };
      for (const as of ['alice', 'olga']) {
        const { status, json } = await inventory.ask('GET', `/reservations/${orderId}`, { as });
        expect([status, json]).toEqual([200, expected]);
      }
      const others = await inventory.ask('GET', `/reservations/${orderId}`, { as: 'bob' });
      const unknown = await inventory.ask('GET', `/reservations/${randomUUID()}`, { as: 'bob' });
      expect(codeOf(others)).toEqual([404, 'not-found']);
      expect({ ...(others.json as object), instance: '' }).toEqual({
        ...(unknown.json as object),
        instance: '',
      });
    });

    it.each(['a%00b', 'a%20b', 'x'.repeat(256), '%F0%9F%8D%B5', '%C3%A4'])('%s is no order', async (id) => {
      expect(codeOf(await inventory.ask('GET', `/reservations/${id}`))).toEqual([404, 'not-found']);
    });
  });

  it('GET /idempotency-keys/{key} tells a caller of his own keys', async () => {
    const [sku, key] = [await shelf(5), randomUUID()];
    await inventory.ask('POST', `/stock/${sku}/adjustments`, { key, body: { delta: 1, reason: 'x' } });
    const { status, json } = await inventory.ask('GET', `/idempotency-keys/${key}`);
    expect([status, json]).toEqual([
      200,
      {
        key,
        status: 'Processed',
        method: 'POST',
        path: `/stock/${sku}/adjustments`,
        createdAt: expect.any(String),
        processedAt: expect.any(String),
        expiresAt: expect.any(String),
        response: { status: 200 },
      },
    ]);
    const others = await inventory.ask('GET', `/idempotency-keys/${key}`, { as: 'alice' });
    expect(codeOf(others)).toEqual([404, 'not-found']);
  });

  describe('for operators of the service', () => {
    it('is ready when PostgreSQL, its consumer and its relay are', async () => {
      const { status, json } = await inventory.ask('GET', '/health/ready', { as: '' });
      expect(status).toBe(200);
      expect(Object.keys((json as { details: object }).details).sort()).toEqual([
        'accepting-requests',
        'kafka-consumer',
        'outbox-relay',
        'postgres',
      ]);
      expect((await inventory.ask('GET', '/health/live', { as: '' })).status).toBe(200);
    });

    it('counts what it decided, executed and published', async () => {
      const orderId = randomUUID();
      await inventory.send(placed(orderId, { 'no-such': 1 }));
      await inventory.answers.untilKey(orderId);
      const { text } = await inventory.ask('GET', '/metrics', { as: '' });
      expect(text).toMatch(/^semel_purchase_decisions_total\{decision="rejected"\} [1-9]/m);
      expect(text).toMatch(/^semel_idempotency_operations_total\{outcome="executed"\} [1-9]/m);
      expect(text).toMatch(/^semel_outbox_events\{state="pending"\} \d/m);
    });

    it('describes every route in OpenAPI 3.1, with its body and its Idempotency-Key', async () => {
      const { json } = await inventory.ask('GET', '/openapi.json', { as: '' });
      const document = json as {
        openapi: string;
        paths: Record<string, Record<string, { parameters?: { name: string }[]; requestBody?: object }>>;
      };
      expect(document.openapi).toBe('3.1.0');
      const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method} ${path}`),
      );
      expect(routes).toEqual(
        expect.arrayContaining([
          'get /stock',
          'get /stock/{sku}',
          'put /stock/{sku}',
          'post /stock/{sku}/adjustments',
          'get /reservations/{orderId}',
          'get /idempotency-keys/{key}',
        ]),
      );
      const adjust = document.paths['/stock/{sku}/adjustments']?.post;
      const names = adjust?.parameters?.map(({ name }) => name);
      expect(names?.sort()).toEqual(['Idempotency-Key', 'Prefer', 'sku']);
      expect(adjust?.requestBody).toMatchObject({
        content: { 'application/json': { schema: { required: ['delta', 'reason'] } } },
      });
      expect((await inventory.ask('GET', '/docs', { as: '' })).status).toBe(200);
    });

    it('explains each of its problems on a page', async () => {
      for (const code of ['insufficient-stock', 'stock-limit-exceeded', 'idempotency-key-reused']) {
        expect((await inventory.ask('GET', `/problems/${code}`, { as: '' })).status).toBe(200);
      }
    });
  });
});
