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
    ...copies.map((record) => copyStep(record, to, noted.length === 0 ? undefined : timesOf(way, type))),
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

/**
 * @param times how often the event has had its effects, counted where they are; undefined where they leave nothing to count. That its
 * consumer has got past a copy says nothing of what the copy did there.
 */
function copyStep(record: TopicRecord, to: 'order' | 'inventory', times: number | undefined): Step {
  return { ...copyVerdict(record, times), from: 'kafka', lane: to, facts: placeOf(record) };
}

function copyVerdict({ taken }: TopicRecord, times: number | undefined): Pick<Step, 'title' | 'state'> {
  if (!taken) return { title: 'duplicate on its way', state: 'waiting' };
  if (times === undefined) return { title: 'duplicate, taken', state: 'done' };
  if (times === 1) return { title: 'duplicate, stopped at the table', state: 'stopped' };
  return { title: `duplicate, and it happened ${times} times`, state: 'refused' };
}

/** How often an event has had its effects, as far as they can be counted. */
function timesOf({ movements, order, inventoryOutbox }: Way, type: string): number | undefined {
  switch (type) {
    case placed.type:
      // Nothing is moved for an order that is refused; it is answered, once.
      return mostMoved(movements, 'reservation') ?? answers(inventoryOutbox, rejected.type);
    case cancelled.type:
      return mostMoved(movements, 'release') ?? answers(inventoryOutbox, released.type);
    case reserved.type:
    case rejected.type:
      // What an order that was cancelled in between was before is not told by its version.
      return order?.status === 'confirmed' || order?.status === 'rejected' ? order.version - 1 : undefined;
    default:
      return undefined;
  }
}

/** How often the SKU that was moved most was moved; an order has each on one line alone. */
function mostMoved(movements: readonly Movement[], kind: string): number | undefined {
  const times = new Map<string, number>();
  for (const { sku } of movements.filter((movement) => movement.kind === kind)) {
    times.set(sku, (times.get(sku) ?? 0) + 1);
  }
  return times.size === 0 ? undefined : Math.max(...times.values());
}

/** Those that an operator has sent again are not counted. */
function answers(rows: readonly OutboxRow[], type: string): number | undefined {
  return rows.filter((row) => row.type === type && !row.again).length || undefined;
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
