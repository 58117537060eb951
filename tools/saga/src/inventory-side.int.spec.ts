import { PURCHASE_CANCELLED, PURCHASE_PLACED } from '@semel/contracts';
import { Disagreements } from './disagreement.js';
import { documentedOrders } from './documented.spec.js';
import { DrivenInventory } from './driven-inventory.js';
import {
  type InventorySoFar,
  inventoryAfter,
  noReservation,
  purchases,
  type Supply,
  supplies,
} from './inventory-side.js';
import type { Purchase } from './order-side.js';
import { cutsOf, sequencesOf } from './sequences.js';
import { longestOf, shelvesAfter, shelvesOf, type Walk, walkOf } from './walk.js';

interface InventoryWalk extends Walk<Purchase> {
  readonly supply: Supply;
}

describe('what Inventory keeps of an order', () => {
  let inventory: DrivenInventory;
  beforeEach(async () => {
    inventory = await DrivenInventory.create();
  });
  afterEach(() => inventory.drop());

  it.each([
    ['with its inbox', false],
    ['where the inbox has forgotten', true],
  ])(
    'is as the table says after every sequence of up to five events, however it is cut into batches, %s',
    async (_, forgetful) => {
      const walks = supplies.flatMap((supply) =>
        sequencesOf(purchases, 5)
          .flatMap((sequence) => cutsOf(sequence, () => 'consumer'))
          .map((batches): InventoryWalk => ({ ...walkOf(batches), supply })),
      );
      await inventory.shelve(walks.flatMap((walk) => shelvesOf(walk, walk.supply)));
      for (let at = 0; at < longestOf(walks); at += 1) {
        await inventory.consume(
          walks.map((walk) => ({ messages: (walk.batches[at] ?? []).map((event) => message(walk, event)) })),
        );
        if (forgetful) await inventory.forgetMessages();
      }
      expect(await compare(walks)).toEqual([]);
      expect(walks).toHaveLength(documentedOrders("Inventory's handler against its table"));
    },
    60_000,
  );

  const compare = async (walks: readonly InventoryWalk[]): Promise<readonly object[]> => {
    const [kept, stock] = [await inventory.kept(), await inventory.stock()];
    await inventory.sent.readOn();
    const disagreements = new Disagreements();
    for (const walk of walks) {
      const { state, emitted } = walk.batches
        .flat()
        .reduce<InventorySoFar>((so, event) => inventoryAfter(so, event, walk.supply), noReservation);
      const count = (wanted: string) => emitted.filter((event) => event === wanted).length;
      const model = {
        state,
        reservations: 2 * count('reserved'),
        releases: 2 * count('released'),
        emitted,
        shelves: shelvesAfter(walk, walk.supply, state === 'reserved'),
      };
      const service = {
        ...(kept.get(walk.id) ?? { state: 'none', reservations: 0, releases: 0 }),
        emitted: inventory.sent.of(walk.id).map(({ type }) => type.split('.')[2]),
        shelves: Object.fromEntries(shelvesOf(walk, walk.supply).map(({ sku }) => [sku, stock.get(sku)])),
      };
      disagreements.compare({ batches: walk.batches, supply: walk.supply }, model, service);
    }
    return disagreements.all;
  };
});

function message({ id, lines }: Walk<Purchase>, event: Purchase) {
  const at = '2026-03-01T12:00:00Z';
  return event === 'placed'
    ? { key: id, type: PURCHASE_PLACED, value: { orderId: id, customerId: 'alice', lines, placedAt: at } }
    : { key: id, type: PURCHASE_CANCELLED, value: { orderId: id, cancelledAt: at } };
}
