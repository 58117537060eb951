import { type InventorySoFar, inventoryAfter, noReservation, type Supply } from './inventory-side.js';
import { noOrder, type OrderSoFar, orderAfter } from './order-side.js';

/** The client's cancellation, and the delivery of each message that the two services may have sent. */
const worldSteps = ['cancel', 'placed', 'cancelled', 'answer', 'released'] as const;
export type WorldStep = (typeof worldSteps)[number];

/** One order in both services, and what was delivered of what they sent. */
export interface World {
  readonly supply: Supply;
  readonly order: OrderSoFar;
  readonly inventory: InventorySoFar;
  readonly delivered: ReadonlySet<WorldStep>;
}

/** The order was placed, and nothing has been delivered. */
export const newWorld = (supply: Supply): World => ({
  supply,
  order: orderAfter(noOrder, 'place'),
  inventory: noReservation,
  delivered: new Set(),
});

/** A client may cancel whenever he likes; a message may be delivered as often as anybody likes, once it was sent. */
function isPossible({ order, inventory }: World, step: WorldStep): boolean {
  switch (step) {
    case 'cancel':
      return true;
    case 'placed':
    case 'cancelled':
      return order.emitted.includes(step);
    case 'answer':
      return answerOf(inventory) !== undefined;
    case 'released':
      return inventory.emitted.includes(step);
  }
}

/** Inventory's first word: `reserved` or `rejected`. */
function answerOf({ emitted }: InventorySoFar): 'reserved' | 'rejected' | undefined {
  return emitted.find((event) => event !== 'released');
}

export function worldAfter(world: World, step: WorldStep): World {
  const { supply, order, inventory } = world;
  const delivered = new Set([...world.delivered, step]);
  switch (step) {
    case 'cancel':
      return { ...world, order: orderAfter(order, 'cancel') };
    case 'placed':
    case 'cancelled':
      return { ...world, inventory: inventoryAfter(inventory, step, supply), delivered };
    case 'answer':
      return { ...world, order: orderAfter(order, answerOf(inventory) ?? 'released'), delivered };
    case 'released':
      return { ...world, order: orderAfter(order, step), delivered };
  }
}

/** Every sequence of up to `longest` possible steps. */
export function journeysOf(supply: Supply, longest: number): WorldStep[][] {
  const all: WorldStep[][] = [];
  const go = (world: World, steps: WorldStep[]): void => {
    all.push(steps);
    if (steps.length === longest) return;
    for (const step of worldSteps) if (isPossible(world, step)) go(worldAfter(world, step), [...steps, step]);
  };
  go(newWorld(supply), []);
  return all;
}

/** What is still to be delivered, in the order of the topics, until nothing is: then the saga is at rest. */
export function restOf(start: World): WorldStep[] {
  const rest: WorldStep[] = [];
  let world = start;
  for (;;) {
    const due = worldSteps.find(
      (step) => step !== 'cancel' && isPossible(world, step) && !world.delivered.has(step),
    );
    if (due === undefined) return rest;
    rest.push(due);
    world = worldAfter(world, due);
  }
}
