import type { Answer, Command, HistoryEvent } from '../history/history.js';
import type { Evidence, KeyRow, MovementRow, OrderRow, OutboxRow, TopicRecord } from './evidence.js';
import { paymentsTold, paymentsToldAfterHealing, soundPayment } from './sound-payments.spec.js';
import { healed } from './testimony.js';

export type Mutable<Value> = Value extends object
  ? { -readonly [Key in keyof Value]: Mutable<Value[Key]> }
  : Value;

const order = (
  id: string,
  customerId: string,
  status: OrderRow['status'],
  sku: string,
  key: string,
): OrderRow => ({
  id,
  customerId,
  status,
  rejectionCode: status === 'rejected' ? 'insufficient-stock' : null,
  rejectionSku: status === 'rejected' ? sku : null,
  note: `${key}/0`,
  lines: [{ sku, quantity: 2 }],
});

const orders = [
  order('O1', 'alice', 'confirmed', 'MUCH', 'k1'),
  order('O2', 'alice', 'rejected', 'LITTLE', 'k2'),
  // The same key as Alice's, and the same request: his own all the same.
  order('O3', 'bob', 'cancelled', 'MUCH', 'k1'),
] as const;

const keptOf = {
  placed: 'reserved',
  confirmed: 'reserved',
  rejected: 'rejected',
  cancelled: 'released',
} as const;

const placing = (caller: string, key: string, sku: string, variant = 0): Command => ({
  caller,
  key,
  variant,
  kind: 'place',
  service: 'order',
  path: '/orders',
  body: { lines: [{ sku, quantity: 2 + variant }], note: `${key}/${variant}` },
});

const adjusting = (key: string, sku: string, delta: number): Command => ({
  caller: 'olga',
  key,
  variant: 0,
  kind: 'adjust',
  service: 'inventory',
  path: `/stock/${sku}/adjustments`,
  sku,
  delta,
  body: { delta, reason: `${key}/0` },
});

const cancelling: Command = {
  caller: 'bob',
  key: 'k3',
  variant: 0,
  kind: 'cancel',
  service: 'order',
  path: '/orders/O3/cancel',
  orderId: 'O3',
};

const json = 'application/json; charset=utf-8';
const bodyOf = (id: string, customerId: string, status: string): string =>
  JSON.stringify({ id, customerId, status });
const created = (id: string, customerId: string): Answer => ({
  status: 201,
  body: bodyOf(id, customerId, 'placed'),
  type: json,
  location: `/orders/${id}`,
  etag: '"1"',
  replayed: false,
});
const problem = (status: number, code: string): Answer => ({
  status,
  code,
  body: `{"code":"${code}"}`,
  replayed: false,
});

/** Each command with what it was answered, in this order; a replay follows its first answer. */
const told: readonly (readonly [Command, 'ok' | 'fail' | 'info', Answer | undefined])[] = [
  [placing('alice', 'k1', 'MUCH'), 'info', undefined],
  [placing('alice', 'k1', 'MUCH'), 'ok', created('O1', 'alice')],
  [placing('alice', 'k1', 'MUCH', 1), 'fail', problem(422, 'idempotency-key-reused')],
  [placing('alice', 'k2', 'LITTLE'), 'ok', created('O2', 'alice')],
  [placing('bob', 'k1', 'MUCH'), 'fail', problem(409, 'operation-in-flight')],
  [placing('bob', 'k1', 'MUCH'), 'ok', created('O3', 'bob')],
  [
    cancelling,
    'ok',
    { status: 200, body: bodyOf('O3', 'bob', 'cancelled'), type: json, etag: '"3"', replayed: false },
  ],
  [adjusting('k4', 'MUCH', 5), 'ok', { status: 200, body: '{"sku":"MUCH"}', type: json, replayed: false }],
  [adjusting('k5', 'LITTLE', -100), 'ok', problem(409, 'insufficient-stock')],
];
const afterHealing: typeof told = [
  [placing('alice', 'k1', 'MUCH'), 'ok', { ...created('O1', 'alice'), replayed: true }],
  [placing('alice', 'k2', 'LITTLE'), 'ok', { ...created('O2', 'alice'), replayed: true }],
];

function historyOf(): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  let at = 0;
  let attempt = 0;
  const tell = (rows: typeof told): void => {
    for (const [command, event, answer] of rows) {
      events.push({ at: at++, event: 'invoke', attempt, command, instance: 0 });
      if (answer === undefined) events.push({ at: at++, event: 'info', attempt, why: 'ECONNRESET' });
      else if (event !== 'info') events.push({ at: at++, event, attempt, answer });
      attempt += 1;
    }
  };
  tell(told);
  tell(paymentsTold);
  events.push({ at: at++, event: 'note', what: healed });
  tell(afterHealing);
  tell(paymentsToldAfterHealing);
  return events;
}

const event = (topic: string, type: string, key: string, value: object, place: number): TopicRecord => ({
  partition: 0,
  offset: place,
  key,
  value: JSON.stringify(value),
  headers: { ce_type: type, ce_id: `${topic}-${type}-${key}` },
});

const placed = (id: string, customerId: string, place: number): TopicRecord =>
  event('purchases', 'semel.purchase.placed.v1', id, { orderId: id, customerId }, place);

const poisoned: TopicRecord = {
  partition: 0,
  offset: 4,
  key: 'P1',
  value: '{"orderId": ',
  headers: { ce_type: 'semel.purchase.placed.v1', 'torture-poison': 'malformed' },
};

const purchases = [
  placed('O1', 'alice', 0),
  placed('O2', 'alice', 1),
  placed('O3', 'bob', 2),
  event('purchases', 'semel.purchase.cancelled.v1', 'O3', { orderId: 'O3' }, 3),
  poisoned,
  // Sent again.
  placed('O1', 'alice', 5),
];
const reservations = [
  event('reservations', 'semel.stock.reserved.v1', 'O1', { orderId: 'O1' }, 0),
  event('reservations', 'semel.stock.rejected.v1', 'O2', { orderId: 'O2' }, 1),
  event('reservations', 'semel.stock.reserved.v1', 'O3', { orderId: 'O3' }, 2),
  event('reservations', 'semel.stock.released.v1', 'O3', { orderId: 'O3' }, 3),
];

const outboxOf = (topic: string, records: readonly TopicRecord[]): OutboxRow[] =>
  records
    .filter(({ offset, headers }) => offset < 5 && headers['torture-poison'] === undefined)
    .map(({ offset, key, value, headers }) => ({
      id: offset + 1,
      topic,
      key: key ?? '',
      type: headers.ce_type ?? '',
      eventId: headers.ce_id ?? '',
      payload: value ?? '',
      published: true,
      setAside: false,
    }));

const key = (
  scope: string,
  name: string,
  path: string | null,
  status: number,
  body: string | null,
): KeyRow => ({
  scope,
  key: name,
  status: 'Processed',
  path,
  responseStatus: status,
  responseBody: body,
});
const inboxOf = (consumer: string, records: readonly TopicRecord[]): KeyRow[] =>
  outboxOf('', records).map(({ key: name, type }) =>
    key(`consumer:${consumer}/${type}`, name, null, 200, null),
  );

const movement = (
  sku: string,
  kind: MovementRow['kind'],
  available: number,
  reserved: number,
  { reason = null, actor = null, orderId = null }: Partial<MovementRow>,
): MovementRow => ({ sku, kind, available, reserved, reason, actor, orderId });

/** A run in which everything went well, with one of each kind of story. A new one each time. */
export function soundEvidence(): Mutable<Evidence> {
  const sound: Evidence = {
    history: historyOf(),
    shelf: { MUCH: 100, LITTLE: 1 },
    order: {
      orders,
      keys: [
        key('caller:alice', 'k1', '/orders', 201, bodyOf('O1', 'alice', 'placed')),
        key('caller:alice', 'k2', '/orders', 201, bodyOf('O2', 'alice', 'placed')),
        key('caller:bob', 'k1', '/orders', 201, bodyOf('O3', 'bob', 'placed')),
        key('caller:bob', 'k3', '/orders/O3/cancel', 200, bodyOf('O3', 'bob', 'cancelled')),
        ...inboxOf('order.reservations', reservations),
      ],
      outbox: outboxOf('purchases', purchases),
      register: [],
    },
    inventory: {
      stock: [
        { sku: 'MUCH', available: 103, reserved: 2 },
        { sku: 'LITTLE', available: 1, reserved: 0 },
      ],
      movements: [
        movement('MUCH', 'set', 100, 0, { actor: 'olga' }),
        movement('LITTLE', 'set', 1, 0, { actor: 'olga' }),
        movement('MUCH', 'adjustment', 5, 0, { reason: 'k4/0', actor: 'olga' }),
        movement('MUCH', 'reservation', -2, 2, { orderId: 'O1' }),
        movement('MUCH', 'reservation', -2, 2, { orderId: 'O3' }),
        movement('MUCH', 'release', 2, -2, { orderId: 'O3' }),
      ],
      reservations: orders.map(({ id, customerId, status, rejectionCode, rejectionSku, lines }) => ({
        orderId: id,
        customerId,
        status: keptOf[status],
        rejectionCode,
        rejectionSku,
        lines,
      })),
      keys: [
        key('caller:olga', 'k4', '/stock/MUCH/adjustments', 200, '{"sku":"MUCH"}'),
        key('caller:olga', 'k5', '/stock/LITTLE/adjustments', 409, '{}'),
        ...inboxOf('inventory.purchases', purchases),
      ],
      outbox: outboxOf('reservations', reservations),
      register: [{ topic: 'purchases', partition: 0, offset: 4, reason: 'malformed', state: 'parked' }],
    },
    payment: soundPayment,
    topics: {
      purchases,
      reservations,
      'purchases.dlq': [
        {
          ...poisoned,
          offset: 0,
          headers: {
            ...poisoned.headers,
            'semel-reason': 'malformed',
            'semel-partition': '0',
            'semel-offset': '4',
          },
        },
      ],
      'reservations.dlq': [],
    },
    offsets: [
      { group: 'inventory', topic: 'purchases', partition: 0, committed: 6, end: 6 },
      { group: 'order', topic: 'reservations', partition: 0, committed: 4, end: 4 },
    ],
    rest: {
      remains: [],
      held: [],
      connections: [{ name: 'order-1', count: 3, most: 12 }],
      deaths: [
        "order-1 ended by itself with 1 after 12 s: order can't start: the database system is starting up",
      ],
      endings: [],
    },
  };
  return structuredClone(sound) as Mutable<Evidence>;
}
