import type { OrderStory, ReservationStory } from './sql/compare-stories.js';
import { contradiction } from './stories.js';

const order = (status: OrderStory['status']): OrderStory => ({ id: 'o', status, lines: '2 TEA' });
const reservation = (status: ReservationStory['status'], lines = '2 TEA'): ReservationStory => ({
  id: 'o',
  status,
  lines,
});

it.each([
  ['placed', undefined],
  ['placed', 'reserved'],
  ['confirmed', 'reserved'],
  ['confirmed', 'released'],
  ['rejected', 'rejected'],
  ['cancelled', 'released'],
  ['cancelled', undefined],
] as const)('lets a %s order and its reservation (%s) agree', (status, found) => {
  expect(contradiction(order(status), found && reservation(found))).toBeUndefined();
});

it.each([
  ['confirmed', undefined, 'Order o is confirmed, Inventory has: no reservation'],
  ['confirmed', reservation('rejected'), 'Order o is confirmed, Inventory has: rejected'],
  ['rejected', reservation('reserved'), 'Order o is rejected, Inventory has: reserved'],
  ['confirmed', reservation('reserved', '4 TEA'), 'Order o asks for 2 TEA, Inventory reserved 4 TEA'],
] as const)('finds what is wrong with a %s order (%o)', (status, found, sentence) => {
  expect(contradiction(order(status), found)).toBe(sentence);
});
