import { type OrderStatus, type ReservationMessage } from '@semel/contracts';
import { decideTransitions } from './decide-transitions.js';

const id = '01890000-0000-7000-8000-000000000001';
const lines = [{ sku: 'A', quantity: 1 }];
const reserved: ReservationMessage = {
  key: id,
  type: 'semel.stock.reserved.v1',
  value: { orderId: id, lines },
};
const released: ReservationMessage = {
  key: id,
  type: 'semel.stock.released.v1',
  value: { orderId: id, lines },
};
const rejected: ReservationMessage = {
  key: id,
  type: 'semel.stock.rejected.v1',
  value: { orderId: id, code: 'insufficient-stock', sku: 'A' },
};
const rejection = { orderId: id, code: 'insufficient-stock', sku: 'A' };

it.each<[OrderStatus, string, ReservationMessage[], { confirmed?: string[]; rejected?: object[] }]>([
  ['placed', 'reserved', [reserved], { confirmed: [id] }],
  ['placed', 'rejected', [rejected], { rejected: [rejection] }],
  ['placed', 'released', [released], {}],
  ['placed', 'reserved, then released', [reserved, released], { confirmed: [id] }],
  ['placed', 'reserved, then rejected', [reserved, rejected], { confirmed: [id] }],
  ['placed', 'rejected, then reserved', [rejected, reserved], { rejected: [rejection] }],
  ['cancelled', 'reserved', [reserved], {}],
  ['cancelled', 'rejected', [rejected], {}],
  ['cancelled', 'released', [released], {}],
  ['confirmed', 'rejected', [rejected], {}],
  ['rejected', 'reserved', [reserved], {}],
])('moves a %s order that was %s only where it may', (status, _name, events, expected) => {
  const moved = decideTransitions(events, new Map([[id, status]]));
  expect(moved).toEqual({ confirmed: [], rejected: [], ...expected });
});

it('passes over an order that is not known', () => {
  expect(decideTransitions([reserved, { ...reserved, key: 'no-uuid' }], new Map())).toEqual({
    confirmed: [],
    rejected: [],
  });
});
