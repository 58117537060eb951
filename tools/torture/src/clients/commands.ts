import type { Dice } from '../dice.js';
import type { Command } from '../history/history.js';
import { payer, plentiful, scarce, unknown } from './assortment.js';

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

/** What the provider does, of a hundred payments to how many: its process is not to be dead most of the time. */
const providerFaults: readonly (readonly [fault: string, ofHundred: number])[] = [
  ['slow', 30],
  ['cut after charging', 4],
  ['cut before charging', 4],
  ['die after charging', 0.5],
  ['die before charging', 0.5],
];

export function paying(dice: Dice, key: string, variant = 0): Command {
  const command = {
    caller: payer,
    key,
    variant,
    kind: 'pay',
    service: 'payment',
    path: '/payments',
  } as const;
  const body = { reference: `${key}_${variant}`, amount: dice.between(1, 100_000) };
  let ofHundred = dice.next() * 100;
  const fault = providerFaults.find(([, share]) => {
    ofHundred -= share;
    return ofHundred < 0;
  });
  return { ...command, body, ...(fault && { providerFault: fault[0] }) };
}
