export const orderStates = ['none', 'placed', 'confirmed', 'rejected', 'cancelled'] as const;
export type OrderState = (typeof orderStates)[number];

/** The two commands of a client, and the three events of Inventory. */
export const orderEvents = ['place', 'cancel', 'reserved', 'rejected', 'released'] as const;
export type OrderEvent = (typeof orderEvents)[number];

export type Purchase = 'placed' | 'cancelled';

/** What one event does to an order. Whoever repeats a command or an event that was taken is told what was told then. */
interface OrderStep {
  readonly to: OrderState;
  /** A status of HTTP to a command; of an event, `applied` or the reason for which it is parked. */
  readonly says: '201' | '200' | '404' | '409' | 'applied' | 'unknown-order';
  readonly emits?: Purchase;
}

const stays = (
  to: OrderState,
): Pick<Record<OrderEvent, OrderStep>, 'reserved' | 'rejected' | 'released'> => ({
  reserved: { to, says: 'applied' },
  rejected: { to, says: 'applied' },
  released: { to, says: 'applied' },
});

/** Order's half of the saga. Written from the contract, without a look at the handlers: they are held against it. */
export const orderSide: Readonly<Record<OrderState, Readonly<Record<OrderEvent, OrderStep>>>> = {
  none: {
    place: { to: 'placed', says: '201', emits: 'placed' },
    cancel: { to: 'none', says: '404' },
    reserved: { to: 'none', says: 'unknown-order' },
    rejected: { to: 'none', says: 'unknown-order' },
    released: { to: 'none', says: 'unknown-order' },
  },
  placed: {
    place: { to: 'placed', says: '201' },
    cancel: { to: 'cancelled', says: '200', emits: 'cancelled' },
    reserved: { to: 'confirmed', says: 'applied' },
    rejected: { to: 'rejected', says: 'applied' },
    released: { to: 'placed', says: 'applied' },
  },
  confirmed: {
    place: { to: 'confirmed', says: '201' },
    cancel: { to: 'cancelled', says: '200', emits: 'cancelled' },
    ...stays('confirmed'),
  },
  rejected: {
    place: { to: 'rejected', says: '201' },
    cancel: { to: 'rejected', says: '409' },
    ...stays('rejected'),
  },
  cancelled: {
    place: { to: 'cancelled', says: '201' },
    cancel: { to: 'cancelled', says: '200' },
    ...stays('cancelled'),
  },
};

/** An order, and all that was said and announced on its way. */
export interface OrderSoFar {
  readonly state: OrderState;
  /** Of the row: one a change of status. */
  readonly version: number;
  readonly said: readonly string[];
  readonly emitted: readonly Purchase[];
}

export const noOrder: OrderSoFar = { state: 'none', version: 0, said: [], emitted: [] };

export function orderAfter(before: OrderSoFar, event: OrderEvent): OrderSoFar {
  const { to, says, emits } = orderSide[before.state][event];
  return {
    state: to,
    version: before.version + (to === before.state ? 0 : 1),
    said: [...before.said, says],
    emitted: emits === undefined ? before.emitted : [...before.emitted, emits],
  };
}
