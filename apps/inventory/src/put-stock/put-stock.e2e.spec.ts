import { randomUUID } from 'node:crypto';
import { codeOf } from '../testing/code-of.spec.js';
import { placed } from '../testing/purchases.spec.js';
import { RunningInventory } from '../testing/running-inventory.spec.js';

describe('PUT /stock/{sku}', () => {
  let inventory: RunningInventory;
  beforeAll(async () => {
    inventory = await RunningInventory.start();
  });
  afterAll(() => inventory.stop());

  it('creates the SKU, sets it, and records each as a movement of the operator', async () => {
    const sku = randomUUID();
    const put = (available: number) => inventory.ask('PUT', `/stock/${sku}`, { body: { available } });
    const created = await put(10);
    expect([created.status, created.json]).toEqual([200, { sku, available: 10, reserved: 0 }]);
    expect((await put(4)).json).toEqual({ sku, available: 4, reserved: 0 });
    expect((await put(4)).json).toEqual({ sku, available: 4, reserved: 0 });
    expect(await inventory.database.movementsOf(sku)).toEqual([
      { kind: 'set', available: 10, reason: null, actor: 'olga' },
      { kind: 'set', available: -6, reason: null, actor: 'olga' },
      { kind: 'set', available: 0, reason: null, actor: 'olga' },
    ]);
  });

  it('leaves alone what is reserved', async () => {
    const [sku, orderId] = [await inventory.database.shelf(5), randomUUID()];
    await inventory.send(placed(orderId, { [sku]: 2 }));
    await inventory.answers.untilKey(orderId);
    const { json } = await inventory.ask('PUT', `/stock/${sku}`, { body: { available: 0 } });
    expect(json).toEqual({ sku, available: 0, reserved: 2 });
  });

  it('twenty at once for a new SKU: one row, every difference recorded', async () => {
    const sku = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => inventory.ask('PUT', `/stock/${sku}`, { body: { available: n } })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await inventory.database.movementsOf(sku)).toHaveLength(20);
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
    expect(await inventory.database.movementsOf(sku)).toEqual([]);
  });

  it('refuses a SKU that none can be, a customer, a stranger, and what is not JSON', async () => {
    const body = { available: 1 };
    expect(codeOf(await inventory.ask('PUT', '/stock/a%20b', { body }))).toEqual([422, 'invalid-request']);
    expect(codeOf(await inventory.ask('PUT', '/stock/A', { body, as: 'alice' }))).toEqual([403, 'forbidden']);
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
