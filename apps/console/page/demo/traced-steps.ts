import { formatMilliseconds } from '../design/duration.js';
import { formatMoney } from '../design/money.js';
import { answerSteps, type Evidence, requestStep, type Step } from '../way/steps.js';
import type { KeyRow } from './key-rows.js';
import type { Movement, OutboxRow, TopicRecord, Way } from './way.js';

type Fact = readonly [name: string, value: string];

/** The way of an order by every trace that it has left in both databases and both topics. */
export function tracedSteps(evidence: Evidence, way: Way): Step[] {
  const { order, reservation } = evidence.reserved;
  const status = order.status;
  const answered = status === 'confirmed' || status === 'rejected' || way.orderInbox.length > 0;
  return [
    requestStep(evidence.exchanges),
    {
      title: 'Idempotency table, order and event: one commit',
      lane: 'order',
      facts: [...way.orderKeys.flatMap(keyFacts), ['total', formatMoney(order.total)]],
      state: 'done',
    },
    ...answerSteps(evidence.exchanges),
    ...eventSteps(way, placed, stockSteps(way.movements, 'reservation', reservation?.status === 'rejected')),
    ...eventSteps(way, reserved),
    ...eventSteps(way, rejected),
    ...(answered && status !== 'cancelled' ? [statusStep(status, 'done')] : []),
    ...(status === 'placed' ? [statusStep(status, 'waiting')] : []),
    ...(status === 'cancelled'
      ? [
          statusStep(status, 'done'),
          ...eventSteps(way, cancelled, stockSteps(way.movements, 'release', false)),
          ...eventSteps(way, released),
        ]
      : []),
  ];
}

interface Journey {
  readonly type: string;
  readonly from: 'order' | 'inventory';
  /** What the event says, in its past tense. */
  readonly title: string;
  /** Whether it always comes; else it is shown where it has. */
  readonly expected: boolean;
}

const placed: Journey = {
  type: 'semel.purchase.placed.v1',
  from: 'order',
  title: 'purchase placed',
  expected: true,
};
const cancelled: Journey = {
  type: 'semel.purchase.cancelled.v1',
  from: 'order',
  title: 'purchase cancelled',
  expected: true,
};
const reserved: Journey = {
  type: 'semel.stock.reserved.v1',
  from: 'inventory',
  title: 'stock reserved',
  expected: false,
};
const rejected: Journey = {
  type: 'semel.stock.rejected.v1',
  from: 'inventory',
  title: 'stock rejected',
  expected: false,
};
const released: Journey = {
  type: 'semel.stock.released.v1',
  from: 'inventory',
  title: 'stock released',
  expected: false,
};

/** An event from the one service's outbox through Kafka to the other one's idempotency table, its effects, and its copies up to the table. */
function eventSteps(
  way: Way,
  { type, from, title, expected }: Journey,
  effects: readonly Step[] = [],
): Step[] {
  const to = from === 'order' ? 'inventory' : 'order';
  const [outbox, inbox] =
    from === 'order' ? [way.orderOutbox, way.inventoryInbox] : [way.inventoryOutbox, way.orderInbox];
  const rows = outbox.filter((row) => row.type === type);
  const records = way.records.filter((record) => record.type === type);
  const noted = inbox.filter(({ scope }) => scope.endsWith(`/${type}`));
  if (rows.length === 0 && records.length === 0 && noted.length === 0 && !expected) return [];
  const [first, ...copies] = records;
  const sent = first !== undefined || noted.length > 0;
  return [
    ...rows.map((row) => outboxStep(row, from)),
    { title, from, lane: 'kafka', facts: placeOf(first), state: sent ? 'done' : 'waiting' },
    {
      title: 'delivered',
      from: 'kafka',
      lane: to,
      facts: [],
      state: noted.length > 0 ? 'done' : 'waiting',
    },
    {
      title: 'Idempotency table',
      lane: to,
      facts: noted.length > 0 ? noted.flatMap(keyFacts) : [['row', 'not yet']],
      state: noted.length > 0 ? 'done' : 'waiting',
    },
    ...(noted.length > 0 ? effects : []),
    ...copies.map((record) => copyStep(record, to)),
  ];
}

function outboxStep({ id, createdAt, publishedAt, again }: OutboxRow, lane: 'order' | 'inventory'): Step {
  const waited = publishedAt === null ? undefined : Date.parse(publishedAt) - Date.parse(createdAt);
  return {
    title: again ? 'Outbox, sent again' : 'Outbox',
    lane,
    facts: [
      ['row', id],
      ['published', waited === undefined ? 'not yet' : `after ${formatMilliseconds(Math.max(0, waited))}`],
    ],
    state: publishedAt === null ? 'waiting' : 'done',
  };
}

function copyStep(record: TopicRecord, to: 'order' | 'inventory'): Step {
  return {
    title: record.taken ? 'duplicate, stopped at the table' : 'duplicate on its way',
    from: 'kafka',
    lane: to,
    facts: placeOf(record),
    state: record.taken ? 'stopped' : 'waiting',
  };
}

function stockSteps(movements: readonly Movement[], kind: string, refused: boolean): Step[] {
  if (refused) {
    return [{ title: 'Stock: nothing is taken', lane: 'inventory', facts: [], state: 'refused' }];
  }
  const own = movements.filter((movement) => movement.kind === kind);
  if (own.length === 0) return [];
  return [
    {
      title: 'Stock, in the same commit',
      lane: 'inventory',
      facts: own.map(({ sku, available }): Fact => [sku, signed(available)]),
      state: 'done',
    },
  ];
}

function statusStep(status: string, state: 'done' | 'waiting'): Step {
  return {
    title: `The order is ${status}`,
    lane: 'order',
    facts: [],
    state: status === 'rejected' ? 'refused' : state,
  };
}

function keyFacts({ key, status, processedAt, responseStatus }: KeyRow): Fact[] {
  return [
    ['key', `${key.slice(0, 8)}…`],
    ['status', responseStatus === null ? status : `${status}, ${responseStatus}`],
    ...(processedAt === null ? [] : [['at', processedAt.slice(11, 23)] as const]),
  ];
}

function placeOf(record: TopicRecord | undefined): Fact[] {
  if (record === undefined) return [];
  return [[record.topic, `${record.partition} @ ${record.offset}`]];
}

function signed(value: number): string {
  return value < 0 ? `− ${-value}` : `+ ${value}`;
}
