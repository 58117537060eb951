import type { EncodedMessage } from '@semel/contracts';
import { Disagreements } from './disagreement.js';
import { documentedOrders } from './documented.spec.js';
import { DrivenInventory } from './driven-inventory.js';
import { DrivenOrder } from './driven-order.js';
import type { Supply } from './inventory-side.js';
import { restStates } from './rest-states.js';
import { cutsOf } from './sequences.js';
import { atDoor, longestOf, shelvesAfter, shelvesOf, type Walk, walkOf } from './walk.js';
import { journeysOf, newWorld, restOf, type World, type WorldStep, worldAfter } from './world.js';

interface SagaWalk extends Walk<WorldStep> {
  readonly supply: Supply;
}

const doorOf = (step: WorldStep): string => {
  if (step === 'cancel') return 'client';
  return step === 'placed' || step === 'cancelled' ? 'inventory' : 'order';
};

/** Each way there is, and after it whatever has not been delivered yet. */
function walksOf(supply: Supply, longest: number): SagaWalk[] {
  return journeysOf(supply, longest).flatMap((steps) => {
    const rest = restOf(steps.reduce(worldAfter, newWorld(supply)));
    const alone = rest.map((step) => [step]);
    return cutsOf(steps, doorOf).map((batches) => ({ ...walkOf([...batches, ...alone]), supply }));
  });
}

describe('the saga of an order in both services', () => {
  let order: DrivenOrder;
  let inventory: DrivenInventory;
  beforeEach(async () => {
    [order, inventory] = await Promise.all([DrivenOrder.create(), DrivenInventory.create()]);
  });
  afterEach(() => Promise.all([order.drop(), inventory.drop()]));

  const place = async (walks: readonly SagaWalk[]): Promise<void> => {
    await order.sell(walks.flatMap(({ lines }) => lines.map(({ sku }) => sku)));
    await inventory.shelve(walks.flatMap((walk) => shelvesOf(walk, walk.supply)));
    await order.place(walks.map(({ id, lines }) => ({ id, lines, times: 1, tell: () => {} })));
  };

  /** The message itself, as the other service has put it into its outbox. */
  const sent = ({ id }: SagaWalk, step: WorldStep): EncodedMessage => {
    const messages = doorOf(step) === 'inventory' ? order.sent.of(id) : inventory.sent.of(id);
    const found = messages.find(({ type }) =>
      step === 'answer' ? !type.includes('.released.') : type.includes(`.${step}.`),
    );
    if (found === undefined) throw new Error(`${step} was never sent for ${id}.`);
    return found;
  };

  const readOn = () => Promise.all([order.sent.readOn(), inventory.sent.readOn()]);

  const go = async (walks: readonly SagaWalk[], forgetful: boolean): Promise<void> => {
    for (let at = 0; at < longestOf(walks); at += 1) {
      await readOn();
      const messagesAt = (door: string) =>
        atDoor(walks, at, (step: WorldStep) => doorOf(step) === door).map(({ walk, batch }) => ({
          messages: batch.map((step) => sent(walk, step)),
          tell: () => {},
        }));
      const cancelling = atDoor(walks, at, (step) => step === 'cancel').map(({ walk, batch }) => ({
        id: walk.id,
        times: batch.length,
        tell: () => {},
      }));
      await Promise.all([order.cancel(cancelling), inventory.consume(messagesAt('inventory'))]);
      await order.consume(messagesAt('order'));
      if (forgetful) await Promise.all([order.forgetMessages(), inventory.forgetMessages()]);
    }
    await readOn();
  };

  const compare = async (walks: readonly SagaWalk[]): Promise<readonly object[]> => {
    const [orders, kept, stock] = [await order.states(), await inventory.kept(), await inventory.stock()];
    const disagreements = new Disagreements();
    const events = (messages: readonly EncodedMessage[]) => messages.map(({ type }) => type.split('.')[2]);
    for (const walk of walks) {
      const world = walk.batches.flat().reduce<World>(worldAfter, newWorld(walk.supply));
      const model = {
        order: { state: world.order.state, version: world.order.version },
        inventory: world.inventory.state,
        purchases: world.order.emitted,
        reservations: world.inventory.emitted,
        shelves: shelvesAfter(walk, walk.supply, world.inventory.state === 'reserved'),
        atRest: true,
      };
      const atRest = `${orders.get(walk.id)?.state} ${kept.get(walk.id)?.state}`;
      const service = {
        order: orders.get(walk.id) ?? 'none',
        inventory: kept.get(walk.id)?.state ?? 'none',
        purchases: events(order.sent.of(walk.id)),
        reservations: events(inventory.sent.of(walk.id)),
        shelves: Object.fromEntries(shelvesOf(walk, walk.supply).map(({ sku }) => [sku, stock.get(sku)])),
        atRest: restStates.some(({ order, inventory }) => atRest === `${order} ${inventory}`),
      };
      disagreements.compare({ batches: walk.batches, supply: walk.supply }, model, service);
    }
    return disagreements.all;
  };

  it.each<[string, Supply, number, boolean]>([
    ['with enough stock', 'enough', 5, false],
    ['with too little', 'short', 5, false],
    ['with enough stock and inboxes that have forgotten', 'enough', 4, true],
    ['with too little and inboxes that have forgotten', 'short', 4, true],
  ])(
    'comes to rest as the model says, whatever is cancelled, delayed, repeated and overtaken, %s',
    async (_, supply, longest, forgetful) => {
      const walks = walksOf(supply, longest);
      await place(walks);
      await go(walks, forgetful);
      expect(await compare(walks)).toEqual([]);
    },
    60_000,
  );

  it('is as many orders as the page says', () => {
    const walked = [
      ...walksOf('enough', 5),
      ...walksOf('short', 5),
      ...walksOf('enough', 4),
      ...walksOf('short', 4),
    ];
    expect(walked.length).toBe(documentedOrders('both against each other'));
  });
});
