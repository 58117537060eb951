import { STOCK_REJECTED, STOCK_RELEASED, STOCK_RESERVED } from '@semel/contracts';
import { Disagreements } from './disagreement.js';
import { documentedOrders } from './documented.spec.js';
import { DrivenOrder } from './driven-order.js';
import { noOrder, type OrderEvent, type OrderSoFar, orderAfter, orderEvents } from './order-side.js';
import { cutsOf, outerCutsOf, sequencesOf } from './sequences.js';
import { atDoor, longestOf, type Walk, walkOf } from './walk.js';

const doorOf = (event: OrderEvent): string => (event === 'place' || event === 'cancel' ? event : 'consumer');

interface OrderWalk extends Walk<OrderEvent> {
  readonly said: string[];
}

describe('an order', () => {
  let order: DrivenOrder;
  beforeEach(async () => {
    order = await DrivenOrder.create();
  });
  afterEach(() => order.drop());

  /** All walks in step: what they have at the same place of their sequences is executed together. */
  const go = async (walks: readonly OrderWalk[], afterEach: () => Promise<void>): Promise<void> => {
    await order.sell(walks.flatMap(({ lines }) => lines.map(({ sku }) => sku)));
    for (let at = 0; at < longestOf(walks); at += 1) {
      const tellOf =
        ({ said }: OrderWalk) =>
        (told: readonly string[]) =>
          void said.push(...told);
      await order.place(
        atDoor(walks, at, (event) => event === 'place').map(({ walk, batch }) => ({
          id: walk.id,
          lines: walk.lines,
          times: batch.length,
          tell: tellOf(walk),
        })),
      );
      await order.cancel(
        atDoor(walks, at, (event) => event === 'cancel').map(({ walk, batch }) => ({
          id: walk.id,
          times: batch.length,
          tell: tellOf(walk),
        })),
      );
      await order.consume(
        atDoor(walks, at, (event) => doorOf(event) === 'consumer').map(({ walk, batch }) => ({
          messages: batch.map((event) => message(walk, event)),
          tell: tellOf(walk),
        })),
      );
      await afterEach();
    }
  };

  const compare = async (walks: readonly OrderWalk[]): Promise<readonly object[]> => {
    const states = await order.states();
    await order.sent.readOn();
    const disagreements = new Disagreements();
    for (const { id, batches, said } of walks) {
      const model: OrderSoFar = batches.flat().reduce(orderAfter, noOrder);
      const emitted = order.sent.of(id).map(({ type }) => type.split('.')[2]);
      const { state, version } = states.get(id) ?? { state: 'none', version: 0 };
      disagreements.compare(batches, model, { state, version, said, emitted });
    }
    return disagreements.all;
  };

  const walksOf = (longest: number): OrderWalk[] =>
    sequencesOf(orderEvents, longest)
      // Of five events 13,000 ways to cut them would take half a minute: the two outermost of each say as much.
      .flatMap((sequence) => (sequence.length < 5 ? cutsOf : outerCutsOf)(sequence, doorOf))
      .map((batches) => ({ ...walkOf(batches), said: [] }));

  it('is as the table says after every sequence of up to five events, however it is cut into batches', async () => {
    const walks = walksOf(5);
    await go(walks, async () => {});
    expect(await compare(walks)).toEqual([]);
    expect(walks).toHaveLength(documentedOrders("Order's handlers against its table"));
  }, 120_000);

  it('is the same where every message is taken for new, because the inbox has forgotten', async () => {
    const walks = walksOf(3);
    await go(walks, () => order.forgetMessages());
    expect(await compare(walks)).toEqual([]);
  });
});

const types = {
  reserved: STOCK_RESERVED,
  rejected: STOCK_REJECTED,
  released: STOCK_RELEASED,
} as const;

function message({ id, lines }: Walk<OrderEvent>, event: OrderEvent) {
  if (event === 'place' || event === 'cancel') throw new Error(`${event} is no message.`);
  const rejection = { orderId: id, code: 'insufficient-stock', sku: lines[1]?.sku };
  return { key: id, type: types[event], value: event === 'rejected' ? rejection : { orderId: id, lines } };
}
