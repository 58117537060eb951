import type { EncodedMessage } from './event-decoder.js';
import { decodePurchase, PURCHASE_CANCELLED, PURCHASE_PLACED } from './purchase-events.js';
import { decodeReservation, STOCK_REJECTED, STOCK_RELEASED, STOCK_RESERVED } from './reservation-events.js';
import { deadLettersOf, PARTITIONS, PURCHASES, RESERVATIONS } from './topics.js';

const placed = {
  orderId: 'order-1',
  customerId: 'alice',
  lines: [{ sku: 'tea', quantity: 2 }],
  placedAt: '2026-01-01T00:00:00.000Z',
};
const purchase = (value: unknown, more: Partial<EncodedMessage> = {}) =>
  decodePurchase({ key: 'order-1', type: PURCHASE_PLACED, value, ...more });

it('takes every event of both topics, and the members that a later version adds', () => {
  const lines = placed.lines;
  const later = { ...placed, lines: [{ ...lines[0], gift: true }], channel: 'web' };
  expect(purchase(placed)).toEqual({ value: placed });
  expect(purchase(later)).toEqual({ value: later });
  const cancelled = { orderId: 'order-1', cancelledAt: '2026-01-01T01:00:00+01:00' };
  expect(purchase(cancelled, { type: PURCHASE_CANCELLED })).toEqual({ value: cancelled });
  for (const [type, value] of [
    [STOCK_RESERVED, { orderId: 'order-1', lines }],
    [STOCK_REJECTED, { orderId: 'order-1', code: 'unknown-sku', sku: 'tea' }],
    [STOCK_RELEASED, { orderId: 'order-1', lines }],
  ] as const) {
    expect(decodeReservation({ key: 'order-1', type, value })).toEqual({ value });
  }
});

it.each([['semel.purchase.placed.v2'], [STOCK_RESERVED], [''], ['__proto__'], ['toString']])(
  'parks a purchase of the type %j as unknown-type',
  (type) => {
    expect(purchase(placed, { type })).toMatchObject({
      park: 'unknown-type',
      error: expect.stringContaining(type),
    });
  },
);

it.each<[string, unknown, string]>([
  ['no object', null, '(the value)'],
  ['text', 'placed', '(the value)'],
  ['no order id', { ...placed, orderId: undefined }, '/orderId'],
  ['no customer', { ...placed, customerId: '' }, '/customerId'],
  ['U+0000 in the customer', { ...placed, customerId: 'a\0' }, '/customerId'],
  ['no lines', { ...placed, lines: [] }, '/lines'],
  ['a SKU twice', { ...placed, lines: [placed.lines[0], placed.lines[0]] }, '/lines/1/sku'],
  [
    'a quantity beyond REST’s limit',
    { ...placed, lines: [{ sku: 'tea', quantity: 1_001 }] },
    '/lines/0/quantity',
  ],
  ['a quantity as text', { ...placed, lines: [{ sku: 'tea', quantity: '2' }] }, '/lines/0/quantity'],
  ['no time', { ...placed, placedAt: 'yesterday' }, '/placedAt'],
  ['a day that does not exist', { ...placed, placedAt: '2026-02-30T00:00:00Z' }, '/placedAt'],
  ['the year 0, which PostgreSQL lacks', { ...placed, placedAt: '0000-01-01T00:00:00Z' }, '/placedAt'],
])('parks a purchase with %s as schema-violation and names the member', (_what, value, member) => {
  expect(purchase(value)).toMatchObject({
    park: 'schema-violation',
    error: expect.stringContaining(`${member}: `),
  });
});

it('parks an event whose key is not its order’s id', () => {
  expect(purchase(placed, { key: 'order-2' })).toMatchObject({
    park: 'schema-violation',
    error: expect.stringContaining('order-2'),
  });
});

it('names topics and partitions as the contract does', () => {
  expect([PURCHASES, RESERVATIONS, deadLettersOf(PURCHASES), PARTITIONS]).toEqual([
    'purchases',
    'reservations',
    'purchases.dlq',
    12,
  ]);
});
