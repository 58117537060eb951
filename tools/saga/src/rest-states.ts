import type { InventoryState } from './inventory-side.js';
import type { OrderState } from './order-side.js';

interface RestState {
  readonly order: OrderState;
  readonly inventory: InventoryState;
  readonly story: string;
}

/** What an order and what is kept of it can be once every message has been delivered. Nothing else is a sum that comes out. */
export const restStates: readonly RestState[] = [
  { order: 'confirmed', inventory: 'reserved', story: 'There was enough.' },
  { order: 'rejected', inventory: 'rejected', story: 'There was not.' },
  {
    order: 'cancelled',
    inventory: 'released',
    story: 'Cancelled after it was reserved, or while it was being reserved.',
  },
  {
    order: 'cancelled',
    inventory: 'rejected',
    story: 'Cancelled while Inventory was refusing it: the rejection came too late to be heard.',
  },
  {
    order: 'cancelled',
    inventory: 'stillborn',
    story: 'The cancellation overtook the purchase, which then took nothing.',
  },
];
