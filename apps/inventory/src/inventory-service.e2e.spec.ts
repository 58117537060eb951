import { randomUUID } from 'node:crypto';
import { codeOf } from './testing/code-of.spec.js';
import { placed } from './testing/purchases.spec.js';
import { RunningInventory } from './testing/running-inventory.spec.js';

describe('Inventory for those who run it', () => {
  let inventory: RunningInventory;
  beforeAll(async () => {
    inventory = await RunningInventory.start();
  });
  afterAll(() => inventory.stop());

  it('GET /idempotency-keys/{key} tells a caller of his own keys', async () => {
    const [sku, key] = [await inventory.database.shelf(5), randomUUID()];
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
    expect(text).toMatch(/^semel_database_pool_limit_connections [1-9]/m);
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
