import { STOCK_REJECTED, STOCK_RELEASED, STOCK_RESERVED } from '@semel/contracts';
import { InventoryDatabase } from '../testing/inventory-database.spec.js';
import { PurchaseBatches } from '../testing/purchase-batches.spec.js';
import { cancelled, placed } from '../testing/purchases.spec.js';

describe('a batch of purchases', () => {
  let inventory: InventoryDatabase;
  let batches: PurchaseBatches;
  beforeEach(async () => {
    inventory = await InventoryDatabase.create();
    batches = new PurchaseBatches(inventory);
  });
  afterEach(() => inventory.drop());

  const told = async () => (await inventory.events()).map(({ key, type }) => [key, type]);

  it('reserves, rejects and answers in the order of arrival', async () => {
    await inventory.shelve({ A: 5, B: 1 });
    await batches.take(
      placed('1', { B: 1, A: 2 }),
      placed('2', { A: 1, B: 1 }),
      placed('3', { A: 1, ghost: 1 }),
      placed('4', { A: 3 }),
    );
    expect(await inventory.stock('A')).toEqual([0, 5]);
    expect(await inventory.stock('B')).toEqual([0, 1]);
    expect(await inventory.reservation('1')).toEqual({ status: 'reserved', lines: '1 B, 2 A' });
    expect(await inventory.reservation('2')).toEqual({ status: 'rejected', lines: '1 A, 1 B' });
    expect((await inventory.events()).map(({ key, type, data }) => [key, type, data])).toEqual([
      [
        '1',
        STOCK_RESERVED,
        {
          orderId: '1',
          lines: [
            { sku: 'B', quantity: 1 },
            { sku: 'A', quantity: 2 },
          ],
        },
      ],
      ['2', STOCK_REJECTED, { orderId: '2', code: 'insufficient-stock', sku: 'B' }],
      ['3', STOCK_REJECTED, { orderId: '3', code: 'unknown-sku', sku: 'ghost' }],
      ['4', STOCK_RESERVED, { orderId: '4', lines: [{ sku: 'A', quantity: 3 }] }],
    ]);
    expect(await inventory.unexplained()).toEqual([]);
  });

  it('gives each answer the trace of its cause, and one of its own where the cause has none', async () => {
    await inventory.shelve({ A: 5 });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await batches.take({ ...placed('1', { A: 1 }), traceparent }, placed('2', { A: 1 }), {
      ...placed('3', { A: 1 }),
      traceparent: 'nonsense',
    });
    const [first, second, third] = (await inventory.events()).map((event) => event.traceparent);
    expect(first).toBe(traceparent);
    expect(second).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
    expect(third).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
    expect(third).not.toBe(second);
  });

  it('keeps an order id of any visible characters, and members of a later version out of the answer', async () => {
    await inventory.shelve({ A: 5 });
    const orderId = `{"~'\\}${'x'.repeat(240)}`;
    const message = placed(orderId, { A: 1 });
    const lines = message.value.lines.map((line) => ({ ...line, giftWrap: true }));
    await batches.take({ ...message, value: { ...message.value, lines } });
    expect((await inventory.events())[0]?.data).toEqual({ orderId, lines: [{ sku: 'A', quantity: 1 }] });
  });

  describe.each<[string, ('purchase' | 'cancellation')[], string, [number, number], string[]]>([
    ['a purchase', ['purchase'], 'reserved', [7, 3], [STOCK_RESERVED]],
    [
      'a purchase, then its cancellation',
      ['purchase', 'cancellation'],
      'released',
      [10, 0],
      [STOCK_RESERVED, STOCK_RELEASED],
    ],
    ['a cancellation alone', ['cancellation'], 'released', [10, 0], []],
    ['a cancellation, then its purchase', ['cancellation', 'purchase'], 'released', [10, 0], []],
    ['a purchase twice', ['purchase', 'purchase'], 'reserved', [7, 3], [STOCK_RESERVED]],
    [
      'everything twice',
      ['purchase', 'cancellation', 'purchase', 'cancellation'],
      'released',
      [10, 0],
      [STOCK_RESERVED, STOCK_RELEASED],
    ],
    [
      'everything twice, the wrong way round',
      ['cancellation', 'purchase', 'cancellation', 'purchase'],
      'released',
      [10, 0],
      [],
    ],
  ])('%s', (_, order, status, stock, events) => {
    const messages = order.map((kind) => (kind === 'purchase' ? placed('1', { A: 3 }) : cancelled('1')));

    /** Every way to cut the sequence into batches. */
    const cuts = Array.from({ length: 2 ** (messages.length - 1) }, (_value, mask) => mask);
    it.each(cuts)('ends the same however it is cut into batches (%#)', async (mask) => {
      await inventory.shelve({ A: 10 });
      const parts = messages.reduce<(typeof messages)[]>(
        (batched, message, index) => {
          if (index > 0 && mask & (1 << (index - 1))) batched.push([]);
          batched.at(-1)?.push(message);
          return batched;
        },
        [[]],
      );
      for (const batch of parts) await batches.take(...batch);
      expect((await inventory.reservation('1'))?.status).toBe(status);
      expect(await inventory.stock('A')).toEqual(stock);
      expect(await told()).toEqual(events.map((type) => ['1', type]));
      expect(await inventory.unexplained()).toEqual([]);
    });
  });

  it.each([
    ['in one batch', true],
    ['across batches', false],
  ])('a rejected order stays rejected when it is cancelled, %s', async (_, together) => {
    await inventory.shelve({ A: 1 });
    const messages = [placed('1', { A: 2 }), cancelled('1')];
    if (together) await batches.take(...messages);
    else for (const message of messages) await batches.take(message);
    expect(await inventory.reservation('1')).toEqual({ status: 'rejected', lines: '2 A' });
    expect(await told()).toEqual([['1', STOCK_REJECTED]]);
  });

  it('a tombstone has no lines, takes no stock, and learns from the late purchase whose order it was', async () => {
    await inventory.shelve({ A: 1 });
    await batches.take(cancelled('1'));
    await batches.take(placed('1', { A: 1 }, 'bob'));
    expect(await inventory.reservation('1')).toEqual({ status: 'released', lines: '' });
    expect(await inventory.rows('SELECT customer_id FROM reservation')).toEqual([{ customer_id: 'bob' }]);
    expect(await inventory.rows(`SELECT FROM stock_movement WHERE kind <> 'set'`)).toEqual([]);
  });

  it('a purchase that is read again after its key was forgotten takes nothing', async () => {
    await inventory.shelve({ A: 10 });
    await batches.take(placed('1', { A: 1 }), placed('2', { A: 1 }), cancelled('2'), cancelled('3'));
    await inventory.rows('DELETE FROM idempotency_key');
    const again = [placed('1', { A: 1 }), placed('2', { A: 1 }), cancelled('2'), placed('3', { A: 1 })];
    expect(await batches.take(...again)).toEqual(['executed', 'executed', 'executed', 'executed']);
    expect(await inventory.stock('A')).toEqual([9, 1]);
    expect(await told()).toHaveLength(3);
    expect(await inventory.unexplained()).toEqual([]);
  });

  it('500 orders of 20 lines are one batch', async () => {
    const skus = Array.from({ length: 40 }, (_value, index) => `S${index}`);
    await inventory.shelve(Object.fromEntries(skus.map((sku) => [sku, 100_000])));
    const messages = Array.from({ length: 500 }, (_value, order) =>
      placed(
        String(order),
        Object.fromEntries(
          Array.from({ length: 20 }, (_one, line) => [`S${(order + line * 7) % 40}`, 1 + line]),
        ),
      ),
    );
    expect(new Set(await batches.take(...messages))).toEqual(new Set(['executed']));
    expect(await told()).toHaveLength(500);
    expect(await inventory.unexplained()).toEqual([]);
  });
});
