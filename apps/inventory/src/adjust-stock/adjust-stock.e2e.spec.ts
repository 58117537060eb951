import { randomUUID } from 'node:crypto';
import { codeOf } from '../testing/code-of.spec.js';
import { placed } from '../testing/purchases.spec.js';
import { RunningInventory } from '../testing/running-inventory.spec.js';

describe('POST /stock/{sku}/adjustments', () => {
  let inventory: RunningInventory;
  beforeAll(async () => {
    inventory = await RunningInventory.start();
  });
  afterAll(() => inventory.stop());

  const adjust = (sku: string, body: unknown, key: string = randomUUID()) =>
    inventory.ask('POST', `/stock/${sku}/adjustments`, { key, body });

  it('adds once for its key: a retry gets the same bytes', async () => {
    const [sku, key] = [await inventory.database.shelf(5), randomUUID()];
    const first = await adjust(sku, { delta: -2, reason: 'two broke' }, key);
    expect([first.status, first.json]).toEqual([200, { sku, available: 3, reserved: 0 }]);
    expect(first.headers.get('idempotency-status')).toBe('Processed');
    expect(Date.parse(first.headers.get('idempotency-expires') ?? '')).toBeGreaterThan(Date.now());
    const again = await adjust(sku, { reason: 'two broke', delta: -2 }, key);
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await inventory.database.movementsOf(sku)).toEqual([
      { kind: 'set', available: 5, reason: null, actor: null },
      { kind: 'adjustment', available: -2, reason: 'two broke', actor: 'olga' },
    ]);
  });

  it('25 at once with one key are one adjustment', async () => {
    const [sku, key] = [await inventory.database.shelf(0), randomUUID()];
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
    const [sku, key] = [await inventory.database.shelf(1), randomUUID()];
    const refused = await adjust(sku, { delta: -2, reason: 'count' }, key);
    expect(codeOf(refused)).toEqual([409, 'insufficient-stock']);
    expect(refused.headers.get('idempotency-status')).toBe('Processed');
    await inventory.ask('PUT', `/stock/${sku}`, { body: { available: 9 } });
    const again = await adjust(sku, { delta: -2, reason: 'count' }, key);
    expect([again.status, again.text]).toEqual([409, refused.text]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('content-type')).toBe('application/problem+json');
    expect(await inventory.database.stock(sku)).toEqual([9, 0]);
    expect(await inventory.database.movementsOf(sku)).toHaveLength(2);
  });

  it('never goes over a billion: 409 as well', async () => {
    const sku = await inventory.database.shelf(1_000_000_000);
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
    const sku = await inventory.database.shelf(0);
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
    const [sku, key] = [await inventory.database.shelf(5), randomUUID()];
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
    const [sku, key] = [await inventory.database.shelf(5), randomUUID()];
    expect(codeOf(await adjust(sku, body, key))).toEqual([422, 'invalid-request']);
    expect(
      (await adjust(sku, { delta: 1, reason: 'x' }, key)).headers.get('idempotency-replayed'),
    ).toBeNull();
    expect(await inventory.database.stock(sku)).toEqual([6, 0]);
  });

  it('refuses in the order of the contract: token, role, key, body', async () => {
    const path = `/stock/${await inventory.database.shelf(5)}/adjustments`;
    const broken = { body: '{' };
    expect(codeOf(await inventory.ask('POST', path, { ...broken, as: '' }))).toEqual([401, 'unauthorized']);
    expect(codeOf(await inventory.ask('POST', path, { ...broken, as: 'alice' }))).toEqual([403, 'forbidden']);
    expect(codeOf(await inventory.ask('POST', path, broken))).toEqual([400, 'idempotency-key-missing']);
    const empty = await inventory.ask('POST', path, { ...broken, key: '""' });
    expect(codeOf(empty)).toEqual([400, 'idempotency-key-invalid']);
    const malformed = await inventory.ask('POST', path, { ...broken, key: randomUUID() });
    expect(codeOf(malformed)).toEqual([400, 'malformed-json']);
  });

  it('beside reservations, every unit is accounted for', async () => {
    const sku = await inventory.database.shelf(300);
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
