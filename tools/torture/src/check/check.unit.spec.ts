import { check, invariants } from './check.js';
import { paymentForgeries } from './forged-payments.spec.js';
import { answerOf, type Forgery, first } from './forgery.spec.js';
import { soundEvidence } from './sound-evidence.spec.js';
import { storyOf } from './story.js';

const forgeries: readonly Forgery[] = [
  ...paymentForgeries,
  ['acked-key-one-order', 'an order that was acknowledged is not there', ({ order }) => order.orders.shift()],
  [
    'acked-key-one-order',
    'another order is there',
    ({ order }) => {
      first(order.orders).id = 'O9';
    },
  ],
  [
    'acked-key-one-order',
    'an order has other lines',
    ({ order }) => {
      first(order.orders).lines[0]!.quantity = 3;
    },
  ],
  [
    'key-at-most-one-order',
    'a key has two orders',
    ({ order }) => order.orders.push({ ...first(order.orders), id: 'O9' }),
  ],
  [
    'key-at-most-one-order',
    'nobody asked for an order',
    ({ order }) => {
      first(order.orders).note = 'k99/0';
    },
  ],
  [
    'answers-equal',
    'a replay differs by a byte',
    (evidence) => {
      answerOf(evidence, 14).body += ' ';
    },
  ],
  [
    'answers-equal',
    'a replay has another ETag',
    (evidence) => {
      answerOf(evidence, 14).etag = '"2"';
    },
  ],
  [
    'replays-marked',
    'a replay is not marked',
    (evidence) => {
      answerOf(evidence, 14).replayed = false;
    },
  ],
  [
    'other-fingerprint-refused',
    'another request hears the first one’s answer',
    ({ history }) => {
      const refused = history.find((event) => event.event === 'fail' && event.attempt === 2)!;
      Object.assign(refused, { event: 'ok', answer: { status: 201, body: '{}', replayed: true } });
    },
  ],
  [
    'callers-apart',
    'a caller hears of another’s order',
    (evidence) => {
      answerOf(evidence, 5).body = answerOf(evidence, 1).body;
    },
  ],
  ['effect-iff-key', 'an order has no key', ({ order }) => order.keys.shift()],
  ['effect-iff-key', 'a key has no order', ({ order }) => order.orders.shift()],
  [
    'effect-iff-key',
    'a key stores another answer than was given',
    ({ order }) => {
      order.keys[3]!.responseStatus = 409;
    },
  ],
  [
    'cancellations-exact',
    'a cancellation is undone',
    ({ order }) => {
      order.orders[2]!.status = 'confirmed';
    },
  ],
  [
    'cancellations-exact',
    'an order is cancelled that nobody cancelled',
    ({ order }) => {
      first(order.orders).status = 'cancelled';
    },
  ],
  [
    'adjustments-exact',
    'an adjustment happened twice',
    ({ inventory }) => inventory.movements.push(inventory.movements[2]!),
  ],
  ['adjustments-exact', 'an adjustment got lost', ({ inventory }) => inventory.movements.splice(2, 1)],
  [
    'adjustments-exact',
    'what was refused happened',
    ({ inventory }) =>
      inventory.movements.push({
        ...inventory.movements[2]!,
        sku: 'LITTLE',
        available: -100,
        reason: 'k5/0',
      }),
  ],
  [
    'stock-exact',
    'stock that no movement explains',
    ({ inventory }) => {
      first(inventory.stock).available += 1;
    },
  ],
  [
    'stock-exact',
    'more is reserved than orders hold',
    ({ inventory }) => {
      inventory.reservations[0]!.status = 'released';
    },
  ],
  [
    'stock-exact',
    'units came from nowhere',
    ({ shelf }) => {
      shelf.MUCH = 99;
    },
  ],
  ['reservations-exact', 'a reservation is not there', ({ inventory }) => inventory.reservations.shift()],
  ['reservations-exact', 'a reservation of no order', ({ order }) => order.orders.pop()],
  [
    'reservations-exact',
    'stock was taken twice',
    ({ inventory }) => inventory.movements.push(inventory.movements[3]!),
  ],
  ['reservations-exact', 'stock was not given back', ({ inventory }) => inventory.movements.pop()],
  [
    'reservations-exact',
    'a reservation has other lines',
    ({ inventory }) => {
      inventory.reservations[0]!.lines[0]!.quantity = 1;
    },
  ],
  [
    'reservations-exact',
    'a reservation is somebody else’s',
    ({ inventory }) => {
      inventory.reservations[0]!.customerId = 'bob';
    },
  ],
  ['order-iff-event', 'an event is missing', ({ topics }) => topics.purchases!.splice(1, 1)],
  [
    'order-iff-event',
    'an event tells of no order',
    ({ topics }) => {
      topics.purchases![1]!.key = 'O9';
    },
  ],
  [
    'order-iff-event',
    'two events of one kind differ',
    ({ topics }) => {
      topics.purchases![5]!.value = '{}';
    },
  ],
  [
    'order-per-key',
    'a cancellation overtook its purchase',
    ({ topics }) => {
      const [one, two] = topics.purchases!.splice(2, 2);
      topics.purchases!.splice(2, 0, two!, one!);
    },
  ],
  ['no-offset-ahead', 'a message was skipped', ({ inventory }) => inventory.keys.pop()],
  [
    'no-offset-ahead',
    'an offset is past the end',
    ({ offsets }) => {
      first(offsets).committed = 7;
    },
  ],
  ['parking-exact', 'a poison was dropped', ({ topics }) => topics['purchases.dlq']!.pop()],
  [
    'parking-exact',
    'a poison was changed',
    ({ topics }) => {
      topics['purchases.dlq']![0]!.value = '{}';
    },
  ],
  [
    'parking-exact',
    'a good message was parked',
    ({ topics }) => {
      topics['purchases.dlq']![0]!.headers['semel-offset'] = '0';
    },
  ],
  [
    'parking-exact',
    'a poison was parked for another reason',
    ({ topics }) => {
      topics['purchases.dlq']![0]!.headers['semel-reason'] = 'failed';
    },
  ],
  ['parking-exact', 'the register forgot one', ({ inventory }) => inventory.register.pop()],
  [
    'nothing-stuck',
    'an event was never sent',
    ({ order }) => {
      first(order.outbox).published = false;
    },
  ],
  [
    'nothing-stuck',
    'a key is in flight for ever',
    ({ order }) => {
      first(order.keys).status = 'Received';
    },
  ],
  ['nothing-stuck', 'somebody holds a lock', ({ rest }) => rest.held.push('an advisory lock')],
  [
    'nothing-stuck',
    'connections leak',
    ({ rest }) => {
      first(rest.connections).count = 13;
    },
  ],
  ['nothing-stuck', 'a service did not end', ({ rest }) => rest.endings.push('order-1 ended with a signal')],
  [
    'services-survive',
    'a service ended',
    ({ rest }) => rest.deaths.push('order-1 ended by itself with 1: uncaught exception'),
  ],
  [
    'live-after-healing',
    'events are still on their way',
    ({ rest }) => rest.remains.push('3 messages not consumed by order'),
  ],
  [
    'live-after-healing',
    'a key is never answered',
    ({ history }) => {
      history.pop();
    },
  ],
];

it('finds nothing in a run in which everything went well', () => {
  expect(check(soundEvidence())).toEqual([]);
});

it.each(forgeries)('%s: %s', (invariant, _what, forge) => {
  const evidence = soundEvidence();
  forge(evidence);
  expect(check(evidence).map((violation) => violation.invariant)).toContain(invariant);
});

it('has a forgery for each invariant', () => {
  expect([...new Set(forgeries.map(([invariant]) => invariant))].sort()).toEqual(
    Object.keys(invariants).sort(),
  );
});

it('tells the whole story of a key: its attempts, its rows in both databases and its events', () => {
  const evidence = soundEvidence();
  evidence.order.orders[2]!.status = 'confirmed';
  const violation = check(evidence).find(({ invariant }) => invariant === 'cancellations-exact')!;
  const story = storyOf(violation, evidence).join('\n');
  for (const part of [
    'cancel /orders/O3/cancel',
    'Order, order',
    'Inventory, reservation',
    'purchases',
    'reservations',
    'Order, key',
  ])
    expect(story).toContain(part);
});

it('tells of a payment what its keys, its books and its provider say', () => {
  const evidence = soundEvidence();
  evidence.payment.charges.push({ ...evidence.payment.charges[0]!, key: 'another' });
  const violation = check(evidence).find(({ invariant }) => invariant === 'key-at-most-one-charge')!;
  const story = storyOf(violation, evidence).join('\n');
  for (const part of [
    'pay /payments',
    'Payment, key',
    'Payment, payment',
    'Provider, charge',
    'Provider, called',
  ])
    expect(story).toContain(part);
});
