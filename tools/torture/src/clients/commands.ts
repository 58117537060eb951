import type { Dice } from '../dice.js';
import type { Command } from '../history/history.js';
import { plentiful, scarce, unknown } from './assortment.js';

/**
 * What the note of an order and the reason of an adjustment say: by which key they came to be. Not whose key: the same request of
 * two callers is then the same to the byte.
 */
function signature({ key, variant }: Pick<Command, 'key' | 'variant'>): string {
  return `${key}/${variant}`;
}

export function placing(dice: Dice, caller: string, key: string, variant = 0): Command {
  const count = dice.pick([1, 1, 2, 3]);
  const chosen = new Set<string>();
  while (chosen.size < count) chosen.add(dice.chance(0.12) ? dice.pick(scarce) : dice.pick(plentiful));
  if (dice.chance(0.03)) chosen.add(unknown);
  const command = { caller, key, variant, kind: 'place', service: 'order', path: '/orders' } as const;
  const lines = [...chosen].map((sku) => ({ sku, quantity: dice.between(1, 5) }));
  return { ...command, body: { lines, note: signature(command) } };
}

export function cancelling(caller: string, key: string, orderId: string, variant = 0): Command {
  const path = `/orders/${orderId}/cancel`;
  return { caller, key, variant, kind: 'cancel', service: 'order', path, orderId };
}

export function adjusting(dice: Dice, caller: string, key: string, sku: string, variant = 0): Command {
  // Downwards often by more than there is of what is scarce.
  const delta = dice.chance(0.5) ? dice.between(1, 40) : -dice.between(1, 60);
  const command = { caller, key, variant, kind: 'adjust', service: 'inventory' } as const;
  const path = `/stock/${sku}/adjustments`;
  return { ...command, path, sku, delta, body: { delta, reason: signature(command) } };
}
