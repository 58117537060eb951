import { PURCHASE_CANCELLED, PURCHASE_PLACED, STOCK_REJECTED, STOCK_RESERVED } from '@semel/contracts';
import { DrivenInventory } from './driven-inventory.js';
import { DrivenOrder } from './driven-order.js';
import { inventoryAfter, noReservation } from './inventory-side.js';
import { noOrder, type OrderEvent, type OrderSoFar, orderAfter } from './order-side.js';
import { shelvesAfter, shelvesOf, walkOf } from './walk.js';

const pairs = 60;

/** What may have happened: one of the two first, then the other. */
const eitherWay = (...[one, other]: [OrderEvent, OrderEvent]): OrderSoFar[] => {
  const start = orderAfter(noOrder, 'place');
  return [
    [one, other],
    [other, one],
  ].map((events) => events.reduce((so, event) => orderAfter(so, event as OrderEvent), start));
};

describe('at the same time', () => {
  it.each(['reserved', 'rejected'] as const)(
    'a cancellation and the news that the stock was %s come one after the other',
    async (event) => {
      const order = await DrivenOrder.create();
      const walks = Array.from({ length: pairs }, () => walkOf<never>([]));
      await order.sell(walks.flatMap(({ lines }) => lines.map(({ sku }) => sku)));
      await order.place(walks.map(({ id, lines }) => ({ id, lines, times: 1, tell: () => {} })));
      const said = new Map<string, string>();
      await Promise.all(
        walks.flatMap(({ id, lines }) => {
          const rejection = { orderId: id, code: 'unknown-sku', sku: lines[0]?.sku };
          const value = event === 'rejected' ? rejection : { orderId: id, lines };
          const message = { key: id, type: event === 'rejected' ? STOCK_REJECTED : STOCK_RESERVED, value };
          const tell = ([told]: readonly string[]) => void said.set(id, String(told));
          return [
            order.cancel([{ id, times: 1, tell }]),
            order.consume([{ messages: [message], tell: () => {} }]),
          ];
        }),
      );
      const states = await order.states();
      await order.sent.readOn();
      const allowed = eitherWay('cancel', event).map(({ state, version, emitted, said: told }) => ({
        state,
        version,
        emitted,
        said: told.find((answer) => answer === '200' || answer === '409'),
      }));
      for (const { id } of walks) {
        const emitted = order.sent.of(id).map(({ type }) => type.split('.')[2]);
        expect(allowed).toContainEqual({ ...states.get(id), emitted, said: said.get(id) });
      }
      await order.drop();
    },
  );

  it('a purchase, the purchase again and its cancellation come one after the other, whichever member of the group has them', async () => {
    const inventory = await DrivenInventory.create();
    const walks = Array.from({ length: pairs }, () => walkOf<never>([]));
    await inventory.shelve(walks.flatMap((walk) => shelvesOf(walk, 'enough')));
    const at = '2026-03-01T12:00:00Z';
    await Promise.all(
      walks.flatMap(({ id, lines }) => {
        const value = { orderId: id, customerId: 'alice', lines, placedAt: at };
        const placed = { key: id, type: PURCHASE_PLACED, value };
        const cancelled = { key: id, type: PURCHASE_CANCELLED, value: { orderId: id, cancelledAt: at } };
        return [placed, cancelled, placed].map((message) => inventory.consume([{ messages: [message] }]));
      }),
    );
    const [kept, stock] = [await inventory.kept(), await inventory.stock()];
    const allowed = (
      [
        ['placed', 'cancelled'],
        ['cancelled', 'placed'],
      ] as const
    ).map((events) => events.reduce((so, event) => inventoryAfter(so, event, 'enough'), noReservation).state);
    for (const walk of walks) {
      const found = kept.get(walk.id);
      expect(allowed).toContain(found?.state);
      expect(found?.reservations).toBe(found?.releases);
      const shelves = shelvesAfter(walk, 'enough', false);
      for (const [sku, left] of Object.entries(shelves)) expect(stock.get(sku)).toEqual(left);
    }
    await inventory.drop();
  });
});
