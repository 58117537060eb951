import type { OrderStatus, Reservation } from '@semel/contracts';
import type { Exchange } from '../api/exchange.js';
import { exchange } from '../testing/exchanges.spec.js';
import { stepsOf } from './steps.js';

function wayOf(status: OrderStatus, reservation?: Reservation['status'], exchanges: Exchange[] = []) {
  return stepsOf({
    reserved: {
      order: {
        id: '1',
        customerId: 'alice',
        status,
        lines: [],
        total: { amount: 849, currency: 'EUR' },
        placedAt: '2026-11-24T04:54:35.515Z',
      },
      reservation:
        reservation === undefined
          ? undefined
          : { orderId: '1', status: reservation, lines: [{ sku: 'A', quantity: 2 }] },
    },
    exchanges,
    row: undefined,
    followed: undefined,
  });
}

const told = (steps: ReturnType<typeof wayOf>) => steps.map(({ title, state }) => `${title}: ${state}`);

it('goes from the client through both services and back', () => {
  expect(told(wayOf('confirmed', 'reserved', [exchange('executed', '1')]))).toEqual([
    'POST /orders: done',
    'Key, order and event in one commit: done',
    '201, the first answer: done',
    'purchase placed: done',
    'All lines reserved: done',
    'stock reserved: done',
    'The order is confirmed: done',
  ]);
});

it('waits where nobody has told of the next step', () => {
  expect(told(wayOf('placed')).slice(-4)).toEqual([
    'purchase placed: waiting',
    'Not heard of yet: waiting',
    'stock reserved: waiting',
    'The order is placed: waiting',
  ]);
});

it('ends in a refusal where the stock was not to be had', () => {
  expect(told(wayOf('rejected', 'rejected')).slice(-3)).toEqual([
    'Rejected: nothing is held: refused',
    'stock rejected: done',
    'The order is rejected: refused',
  ]);
});

it('does not claim that a cancelled order was ever reserved', () => {
  const titles = wayOf('cancelled', 'released').map(({ title }) => title);
  expect(titles).toContain('purchase placed, then cancelled');
  expect(titles).not.toContain('stock reserved');
});

it('draws duplicates as stopped at the key, each with its outcome, and a lost answer as lost', () => {
  const steps = wayOf('confirmed', 'reserved', [
    exchange('lost'),
    exchange('replayed', '1'),
    exchange('in-flight'),
  ]);
  expect(told(steps)).toContain('answer lost: lost');
  expect(steps.find(({ state }) => state === 'stopped')).toMatchObject({
    title: '2 repeats',
    from: 'client',
    lane: 'order',
    outcomes: ['replayed', 'in-flight'],
  });
});

it('says nothing of requests that this page did not send', () => {
  expect(wayOf('confirmed', 'reserved')[0]?.facts).toEqual([['requests', 'not from this page']]);
});
