import type { Order } from '@semel/contracts';
import type { Evidence } from '../way/steps.js';
import { tracedSteps } from './traced-steps.js';
import type { TopicRecord, Way } from './way.js';

const id = '01a20bf1-eeac-7000-9245-d1fd0586f454';
const order = (status: Order['status']): Order => ({
  id,
  customerId: 'alice',
  status,
  lines: [{ sku: 'TEA', quantity: 2, unitPrice: { amount: 100, currency: 'EUR' } }],
  total: { amount: 200, currency: 'EUR' },
  placedAt: '2026-11-25T12:00:00.000Z',
});
const evidence = (status: Order['status'], reservation?: Evidence['reserved']['reservation']): Evidence => ({
  reserved: { order: order(status), reservation },
  exchanges: [],
  row: undefined,
  followed: undefined,
});
const nothing: Way = {
  orderKeys: [],
  orderInbox: [],
  inventoryInbox: [],
  orderOutbox: [],
  inventoryOutbox: [],
  movements: [],
  order: null,
  records: [],
};
const record = (offset: string, taken: boolean): TopicRecord => ({
  topic: 'purchases',
  partition: 3,
  offset,
  type: 'semel.purchase.placed.v1',
  at: 0,
  copy: offset !== '7',
  taken,
});
const noted = {
  scope: 'consumer:inventory.purchases/semel.purchase.placed.v1',
  key: id,
  status: 'Processed',
  method: null,
  path: null,
  createdAt: '2026-11-25T12:00:00.100Z',
  processedAt: '2026-11-25T12:00:00.101Z',
  expiresAt: '2026-12-25T12:00:00.101Z',
  responseStatus: 200,
};
const shown = (steps: ReturnType<typeof tracedSteps>) => steps.map(({ title, state }) => [title, state]);

it('shows what has not happened yet as waiting', () => {
  expect(shown(tracedSteps(evidence('placed'), nothing)).slice(2)).toEqual([
    ['purchase placed', 'waiting'],
    ['delivered', 'waiting'],
    ['Idempotency table', 'waiting'],
    ['The order is placed', 'waiting'],
  ]);
});

it('draws a duplicate as stopped once its consumer has got past it, behind the first one’s effects', () => {
  const way: Way = {
    ...nothing,
    inventoryInbox: [noted],
    movements: [{ sku: 'TEA', kind: 'reservation', available: -2, reserved: 2, at: '' }],
    records: [record('7', true), record('8', true), record('9', false)],
  };
  const steps = tracedSteps(evidence('placed', { orderId: id, status: 'reserved', lines: [] }), way);
  expect(shown(steps).slice(2, 8)).toEqual([
    ['purchase placed', 'done'],
    ['delivered', 'done'],
    ['Idempotency table', 'done'],
    ['Stock, in the same commit', 'done'],
    ['duplicate, stopped at the table', 'stopped'],
    ['duplicate on its way', 'waiting'],
  ]);
  expect(steps[2]?.facts).toEqual([['purchases', '3 @ 7']]);
  expect(steps[5]?.facts).toEqual([['TEA', '− 2']]);
  expect(steps[6]?.facts).toEqual([['purchases', '3 @ 8']]);
});

const purchase: Way = {
  ...nothing,
  inventoryInbox: [noted],
  records: [record('7', true), record('8', true)],
};
const taking = { sku: 'TEA', kind: 'reservation', available: -2, reserved: 2, at: '' };
const duplicateOf = (way: Way) =>
  shown(tracedSteps(evidence('confirmed'), way)).filter(([title]) => title?.startsWith('duplicate'));

it.each([
  ['no effect that could be counted', purchase, 'duplicate, taken', 'done'],
  ['one effect', { ...purchase, movements: [taking] }, 'duplicate, stopped at the table', 'stopped'],
  [
    'effects on two SKUs',
    { ...purchase, movements: [taking, { ...taking, sku: 'JAR' }] },
    'duplicate, stopped at the table',
    'stopped',
  ],
  [
    'its effect twice',
    { ...purchase, movements: [taking, taking] },
    'duplicate, and it happened 2 times',
    'refused',
  ],
  ['no row', { ...purchase, inventoryInbox: [], movements: [taking] }, 'duplicate, taken', 'done'],
])('says of a duplicate only what was counted: %s', (_, way, title, state) => {
  expect(duplicateOf(way)).toEqual([[title, state]]);
});

it.each([
  [2, 'duplicate, stopped at the table', 'stopped'],
  [3, 'duplicate, and it happened 2 times', 'refused'],
])('counts at Order how often the order has changed: version %d', (version, title, state) => {
  const type = 'semel.stock.reserved.v1';
  const way: Way = {
    ...nothing,
    order: { status: 'confirmed', version },
    orderInbox: [{ ...noted, scope: `consumer:order.reservations/${type}` }],
    records: purchase.records.map((each) => ({ ...each, topic: 'reservations', type })),
  };
  expect(duplicateOf(way)).toEqual([[title, state]]);
});

it('lets a cancelled order go back the same way', () => {
  const titles = shown(tracedSteps(evidence('cancelled'), nothing)).map(([title]) => title);
  expect(titles.indexOf('The order is cancelled')).toBeLessThan(titles.indexOf('purchase cancelled'));
});
