import type { Purchase } from './order-side.js';

export const inventoryStates = [
  'none',
  'reserved',
  'rejected',
  'released',
  'tombstone',
  'stillborn',
] as const;
export type InventoryState = (typeof inventoryStates)[number];

export const purchases = ['placed', 'cancelled'] as const satisfies readonly Purchase[];

/** Whether there is enough of every line when the purchase comes, too little of one, or a SKU that doesn't exist. */
export const supplies = ['enough', 'short', 'unknown'] as const;
export type Supply = (typeof supplies)[number];

type Reservation = 'reserved' | 'rejected' | 'released';

interface InventoryStep {
  readonly to: InventoryState;
  readonly emits?: Reservation;
}

type BySupply = Readonly<Record<Supply, InventoryStep>>;

const whatever = (step: InventoryStep): BySupply => ({ enough: step, short: step, unknown: step });

/** Inventory's half of the saga. A state is what is kept of an order; only `reserved` holds stock. */
export const inventorySide: Readonly<Record<InventoryState, Readonly<Record<Purchase, BySupply>>>> = {
  none: {
    placed: {
      enough: { to: 'reserved', emits: 'reserved' },
      short: { to: 'rejected', emits: 'rejected' },
      unknown: { to: 'rejected', emits: 'rejected' },
    },
    cancelled: whatever({ to: 'tombstone' }),
  },
  reserved: {
    placed: whatever({ to: 'reserved' }),
    cancelled: whatever({ to: 'released', emits: 'released' }),
  },
  rejected: { placed: whatever({ to: 'rejected' }), cancelled: whatever({ to: 'rejected' }) },
  released: { placed: whatever({ to: 'released' }), cancelled: whatever({ to: 'released' }) },
  tombstone: { placed: whatever({ to: 'stillborn' }), cancelled: whatever({ to: 'tombstone' }) },
  stillborn: { placed: whatever({ to: 'stillborn' }), cancelled: whatever({ to: 'stillborn' }) },
};

/** What is kept of an order, and what was announced on its way. */
export interface InventorySoFar {
  readonly state: InventoryState;
  readonly emitted: readonly Reservation[];
}

export const noReservation: InventorySoFar = { state: 'none', emitted: [] };

export function inventoryAfter(before: InventorySoFar, event: Purchase, supply: Supply): InventorySoFar {
  const { to, emits } = inventorySide[before.state][event][supply];
  return { state: to, emitted: emits === undefined ? before.emitted : [...before.emitted, emits] };
}
