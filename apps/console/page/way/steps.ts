import type { IdempotencyKey, OrderStatus } from '@semel/contracts';
import type { Exchange } from '../api/exchange.js';
import type { Outcome } from '../api/outcome.js';
import type { ReservedOrder } from '../api/use-recent-orders.js';
import { formatMilliseconds, formatTime } from '../design/duration.js';
import { formatMoney } from '../design/money.js';
import type { FollowedOrder } from '../shop/shop-state.js';

export type Lane = 'client' | 'order' | 'kafka' | 'inventory';

/** Something that happened in a lane, or a message from one lane to another. Shown from top to bottom in order of time. */
export interface Step {
  readonly title: string;
  readonly lane: Lane;
  /** Where a message came from. */
  readonly from?: Lane;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** `stopped` is a message that changed nothing where it arrived; `waiting` is what has not happened yet. */
  readonly state: 'done' | 'stopped' | 'waiting' | 'refused' | 'lost';
  /** The outcomes of the exchanges that the step stands for. */
  readonly outcomes?: readonly Outcome[];
}

/** Everything that is known of an order's way. Each part is absent where nobody has told the page about it. */
export interface Evidence {
  readonly reserved: ReservedOrder;
  /** The exchanges of this page that carried the order's key. */
  readonly exchanges: readonly Exchange[];
  /** Order's row of the idempotency table. */
  readonly row: IdempotencyKey | undefined;
  /** The order's event stream. */
  readonly followed: FollowedOrder | undefined;
}

/** The way of an order as far as the evidence goes: nothing is made up. */
export function stepsOf({ reserved, exchanges, row, followed }: Evidence): Step[] {
  const { order, reservation } = reserved;
  const sentAt = Math.min(...exchanges.map((each) => each.sentAt));
  const after = (status: OrderStatus): readonly (readonly [string, string])[] => {
    const heard = followed?.heard.find((change) => change.status === status);
    if (heard === undefined) return [];
    return [
      ['heard', Number.isFinite(sentAt) ? `${heard.at - sentAt} ms after sending` : formatTime(heard.at)],
    ];
  };
  const cancelled = order.status === 'cancelled';
  return [
    requestStep(exchanges),
    {
      title: 'Key, order and event in one commit',
      lane: 'order',
      facts: [
        ...(row === undefined ? [] : keyFacts(row)),
        ['total', formatMoney(order.total)],
        ['placed', formatTime(Date.parse(order.placedAt))],
      ],
      state: 'done',
    },
    ...answerSteps(exchanges),
    {
      title: cancelled ? 'purchase placed, then cancelled' : 'purchase placed',
      from: 'order',
      lane: 'inventory',
      facts: [['topic', 'purchases']],
      state: reservation === undefined && order.status === 'placed' ? 'waiting' : 'done',
    },
    {
      title: reservation === undefined ? 'Not heard of yet' : reservationTitles[reservation.status],
      lane: 'inventory',
      facts: reservation?.lines.map(({ sku, quantity }) => [sku, `× ${quantity}`] as const) ?? [],
      state: reservationState(reservation?.status),
    },
    // Whether the stock of a cancelled order was ever reserved is not known here: the cancellation may have overtaken the purchase.
    ...(cancelled ? [] : [answerOfInventory(order.status)]),
    {
      title: `The order is ${order.status}`,
      lane: 'order',
      facts: after(order.status),
      state: orderState(order.status),
    },
  ];
}

const STOPPED: readonly Outcome[] = ['replayed', 'in-flight', 'mismatched'];

/** The page's requests. */
export function requestStep(exchanges: readonly Exchange[]): Step {
  return {
    title: 'POST /orders',
    from: 'client',
    lane: 'order',
    facts: [['requests', exchanges.length === 0 ? 'not from this page' : String(exchanges.length)]],
    state: 'done',
  };
}

/** What the client got for the first one, and the repeats that ended at the key. */
export function answerSteps(exchanges: readonly Exchange[]): Step[] {
  const stopped = exchanges.filter(({ outcome }) => STOPPED.includes(outcome));
  const repeats: Step = {
    title: `${stopped.length} ${stopped.length === 1 ? 'repeat' : 'repeats'}`,
    from: 'client',
    lane: 'order',
    facts: [['stopped', 'at its key']],
    state: 'stopped',
    outcomes: stopped.map(({ outcome }) => outcome),
  };
  return [...firstAnswer(exchanges), ...(stopped.length === 0 ? [] : [repeats])];
}

/** What the client got for the request that was executed, or didn't get. */
function firstAnswer(exchanges: readonly Exchange[]): Step[] {
  const first = exchanges.find(({ outcome }) => outcome === 'executed' || outcome === 'lost');
  if (first === undefined) return [];
  return [
    {
      title: first.answer === undefined ? 'answer lost' : `${first.answer.status}, the first answer`,
      from: 'order',
      lane: 'client',
      facts: [['after', formatMilliseconds(first.elapsedMs)]],
      state: first.answer === undefined ? 'lost' : 'done',
    },
  ];
}

function answerOfInventory(status: OrderStatus): Step {
  return {
    title: status === 'rejected' ? 'stock rejected' : 'stock reserved',
    from: 'inventory',
    lane: 'order',
    facts: [['topic', 'reservations']],
    state: status === 'placed' ? 'waiting' : 'done',
  };
}

const reservationTitles = {
  reserved: 'All lines reserved',
  rejected: 'Rejected: nothing is held',
  released: 'Released: its stock is back',
};

function keyFacts(row: IdempotencyKey): readonly (readonly [string, string])[] {
  const times = [
    ['created', row.createdAt],
    ['processed', row.processedAt],
  ] as const;
  return [
    ['key', `${row.key.slice(0, 8)}…`],
    ['status', row.status],
    ...times.flatMap(([name, at]) => (at === null ? [] : [[name, at.slice(11, 23)] as const])),
  ];
}

function reservationState(status: 'reserved' | 'rejected' | 'released' | undefined): Step['state'] {
  if (status === undefined) return 'waiting';
  return status === 'rejected' ? 'refused' : 'done';
}

function orderState(status: OrderStatus): Step['state'] {
  if (status === 'placed') return 'waiting';
  return status === 'rejected' ? 'refused' : 'done';
}
