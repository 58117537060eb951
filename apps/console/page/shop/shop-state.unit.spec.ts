import { exchange, experiment } from '../testing/exchanges.spec.js';
import { emptyShop, shopReducer } from './shop-state.js';
import { tallyOf } from './tally.js';

describe('the cart', () => {
  it('holds a product once, in the order in which it was added, until its quantity is nought', () => {
    const set = (sku: string, quantity: number) => ({ type: 'quantity-set', sku, quantity }) as const;
    const cart = [set('A', 1), set('B', 2), set('A', 3), set('B', 0)].reduce(shopReducer, emptyShop).cart;
    expect(cart).toEqual([{ sku: 'A', quantity: 3 }]);
  });
});

describe('an order that is followed', () => {
  const heard = (status: 'placed' | 'confirmed', at: number, orderId = '1') =>
    ({ type: 'status-heard', change: { orderId, status }, at }) as const;
  const followed = shopReducer(emptyShop, { type: 'order-known', id: '1' });

  it('has each status once, though a stream that was opened anew tells it again', () => {
    const state = [heard('placed', 1), heard('confirmed', 2), heard('placed', 3)].reduce(
      shopReducer,
      followed,
    );
    expect(state.followed?.heard.map(({ status, at }) => [status, at])).toEqual([
      ['placed', 1],
      ['confirmed', 2],
    ]);
  });

  it('hears nothing of another order', () => {
    expect(shopReducer(followed, heard('placed', 1, '2')).followed?.heard).toEqual([]);
  });
});

it('counts requests, distinct orders, repeats that were stopped and answers that were lost; cancellations are no orders', () => {
  const experiments = [
    experiment('copies', [exchange('replayed', '1'), exchange('in-flight')]),
    experiment('other-cart', [exchange('mismatched')]),
    experiment('lost-answer', [exchange('lost'), exchange('replayed', '2')]),
    experiment('place', [exchange('executed', '1')]),
    experiment('cancel', [exchange('executed')]),
  ];
  expect(tallyOf(experiments)).toEqual({ requests: 6, orders: 2, stopped: 4, lost: 1 });
});
