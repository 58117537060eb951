import { type Judgement, judge, type OrderFound, type ReservationFound } from './story.js';

const order: OrderFound = {
  id: 'o',
  customerId: 'alice',
  status: 'placed',
  version: 1,
  code: null,
  sku: null,
  total: '200',
  sum: '200',
  lines: '2 A',
  units: 2,
};
const kept: ReservationFound = {
  id: 'o',
  customerId: 'alice',
  status: 'reserved',
  code: null,
  sku: null,
  lines: '2 A',
};
const orders: Record<string, OrderFound> = {
  placed: order,
  confirmed: { ...order, status: 'confirmed', version: 2 },
  rejected: { ...order, status: 'rejected', version: 2, code: 'unknown-sku', sku: 'A' },
  cancelled: { ...order, status: 'cancelled', version: 2 },
  'cancelled after it was confirmed': { ...order, status: 'cancelled', version: 3 },
};
const reservations: Record<string, ReservationFound | undefined> = {
  nothing: undefined,
  reserved: kept,
  rejected: { ...kept, status: 'rejected', code: 'unknown-sku', sku: 'A' },
  released: { ...kept, status: 'released' },
  tombstone: { ...kept, status: 'released', lines: '', customerId: null },
  stillborn: { ...kept, status: 'released', lines: '' },
};

it.each<[string, Record<string, string>]>([
  [
    'placed',
    {
      nothing: 'awaits placed',
      reserved: 'awaits answer',
      rejected: 'awaits answer',
      released: 'overtaken',
      tombstone: 'overtaken',
      stillborn: 'overtaken',
    },
  ],
  [
    'confirmed',
    {
      nothing: 'confirmed-without-reservation',
      reserved: 'at rest: confirmed',
      rejected: 'statuses-disagree',
      released: 'overtaken',
      tombstone: 'statuses-disagree',
      stillborn: 'statuses-disagree',
    },
  ],
  [
    'rejected',
    {
      nothing: 'rejected-without-reservation',
      reserved: 'statuses-disagree',
      rejected: 'at rest: rejected',
      released: 'statuses-disagree',
      tombstone: 'statuses-disagree',
      stillborn: 'statuses-disagree',
    },
  ],
  [
    'cancelled',
    {
      nothing: 'awaits placed,cancelled',
      reserved: 'awaits cancelled',
      rejected: 'at rest: cancelled',
      released: 'at rest: cancelled',
      tombstone: 'awaits placed',
      stillborn: 'at rest: cancelled',
    },
  ],
  [
    'cancelled after it was confirmed',
    {
      nothing: 'confirmed-without-reservation',
      reserved: 'awaits cancelled',
      rejected: 'statuses-disagree',
      released: 'at rest: cancelled',
      tombstone: 'statuses-disagree',
      stillborn: 'statuses-disagree',
    },
  ],
])('judges an order that is %s by what Inventory keeps of it', (status, expected) => {
  const judged = Object.entries(reservations).map(([name, reservation]) => [
    name,
    inShort(judge(orders[status]!, reservation)),
  ]);
  expect(Object.fromEntries(judged)).toEqual(expected);
});

it.each<[string, Partial<OrderFound>, Partial<ReservationFound>, string]>([
  ['a total that is not the sum', { total: '201' }, {}, 'total-disagrees'],
  ['another quantity', {}, { lines: '3 A' }, 'contents-disagree'],
  ['another customer', {}, { customerId: 'bob' }, 'contents-disagree'],
  ['lines that are gone', {}, { lines: '' }, 'contents-disagree'],
])('finds %s whatever the statuses are', (_, more, other, what) => {
  expect(judge({ ...order, ...more }, { ...kept, ...other })).toMatchObject({ kind: 'wrong', what });
});

it('finds another reason for a rejection', () => {
  const rejected = { ...orders.rejected!, code: 'insufficient-stock' };
  expect(judge(rejected, reservations.rejected)).toMatchObject({ kind: 'wrong', what: 'contents-disagree' });
});

function inShort(judgement: Judgement): string {
  switch (judgement.kind) {
    case 'at-rest':
      return `at rest: ${judgement.as}`;
    case 'open':
      return `awaits ${judgement.awaits}`;
    case 'overtaken':
      return 'overtaken';
    case 'wrong':
      return judgement.what;
  }
}
