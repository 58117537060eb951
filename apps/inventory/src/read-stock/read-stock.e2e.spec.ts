import { randomUUID } from 'node:crypto';
import { codeOf } from '../testing/code-of.spec.js';
import { RunningInventory } from '../testing/running-inventory.spec.js';

describe('Reading stock', () => {
  let inventory: RunningInventory;
  beforeAll(async () => {
    inventory = await RunningInventory.start();
  });
  afterAll(() => inventory.stop());

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
    const sku = await inventory.database.shelf(7);
    const found = await inventory.ask('GET', `/stock/${sku}`, { as: 'alice' });
    expect([found.status, found.json]).toEqual([200, { sku, available: 7, reserved: 0 }]);
    for (const unknown of ['no-such', 'a%20b', 'a%00b', 'x'.repeat(65), '%F0%9F%8D%B5']) {
      expect(codeOf(await inventory.ask('GET', `/stock/${unknown}`))).toEqual([404, 'not-found']);
    }
  });
});
