import { randomUUID } from 'node:crypto';
import { codeOf } from '../testing/code-of.spec.js';
import { placed } from '../testing/purchases.spec.js';
import { RunningInventory } from '../testing/running-inventory.spec.js';

describe('GET /reservations/{orderId}', () => {
  let inventory: RunningInventory;
  beforeAll(async () => {
    inventory = await RunningInventory.start();
  });
  afterAll(() => inventory.stop());

  it('is for its customer and for operators; nobody else learns that it exists', async () => {
    const [sku, orderId] = [await inventory.database.shelf(5), randomUUID()];
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
