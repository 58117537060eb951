import { newOrderId } from '@semel/order/handlers';
import type { WantedLine } from './driven-order.js';
import type { Supply } from './inventory-side.js';

/** One order on its way through one sequence of batches. It has SKUs of its own, so that its stock can be told apart. */
export interface Walk<Event> {
  readonly id: string;
  readonly lines: readonly WantedLine[];
  readonly batches: readonly (readonly Event[])[];
}

let walks = 0;

export function walkOf<Event>(batches: readonly (readonly Event[])[]): Walk<Event> {
  walks += 1;
  const lines = [
    { sku: `A-${walks}`, quantity: 2 },
    { sku: `B-${walks}`, quantity: 1 },
  ];
  return { id: newOrderId(), lines, batches };
}

const onShelf = 5;

/** What is on the shelves before: never too little of the first line, or all lines would not be all or none. */
export function shelvesOf({ lines }: Walk<unknown>, supply: Supply): { sku: string; available: number }[] {
  const [first, second] = lines.map(({ sku }) => sku);
  if (first === undefined || second === undefined) throw new Error('A walk has two lines.');
  const full = { sku: first, available: onShelf };
  if (supply === 'unknown') return [full];
  return [full, { sku: second, available: supply === 'enough' ? onShelf : 0 }];
}

/** What has to be on them afterwards: `[available, reserved]` by SKU. */
export function shelvesAfter(
  walk: Walk<unknown>,
  supply: Supply,
  isReserved: boolean,
): Record<string, readonly [number, number]> {
  const quantities = new Map(walk.lines.map(({ sku, quantity }) => [sku, isReserved ? quantity : 0]));
  return Object.fromEntries(
    shelvesOf(walk, supply).map(({ sku, available }) => {
      const held = quantities.get(sku) ?? 0;
      return [sku, [available - held, held]];
    }),
  );
}

/** The walks that have a batch at this place, grouped by its door, each with that batch. */
export function atDoor<Event, Owner extends Walk<Event>>(
  walks: readonly (Owner & Walk<Event>)[],
  at: number,
  isOf: (event: Event) => boolean,
): { walk: Owner; batch: readonly Event[] }[] {
  return walks.flatMap((walk) => {
    const batch = walk.batches[at];
    return batch?.[0] !== undefined && isOf(batch[0]) ? [{ walk, batch }] : [];
  });
}

export const longestOf = (walks: readonly Walk<unknown>[]): number =>
  walks.reduce((longest, { batches }) => Math.max(longest, batches.length), 0);
