import type { OrderStatus, ReservationStatus } from '@semel/contracts';
import { exchange, experiment } from '../testing/exchanges.spec.js';
import { oneOrderPerKey, sameTruth, stockConserved } from './invariants.js';
import { doubleChargesSaved } from './saved-money.js';

function pair(status: OrderStatus, reservation?: ReservationStatus) {
  return {
    order: {
      id: `${status}-${reservation}`,
      customerId: 'alice',
      status,
      lines: [],
      total: { amount: 1, currency: 'EUR' },
      placedAt: '2026-11-24T04:54:35.515Z',
    },
    reservation: reservation === undefined ? undefined : { orderId: '1', status: reservation, lines: [] },
  };
}

describe('one order a key', () => {
  it('holds for any number of repeats', () => {
    const sent = [
      experiment('copies', [exchange('executed', '1'), exchange('replayed', '1'), exchange('lost')]),
    ];
    expect(oneOrderPerKey(sent)).toMatchObject({ holds: true, equation: '1 keys answered = 1 orders' });
  });

  it('is broken by a key with two orders, and by an order with two keys', () => {
    const twoOrders = [experiment('copies', [exchange('executed', '1'), exchange('executed', '2')])];
    expect(oneOrderPerKey(twoOrders)).toMatchObject({
      holds: false,
      offenders: ['Key k1 has the orders 1, 2'],
    });
    const twoKeys = [experiment('copies', [exchange('executed', '1'), exchange('executed', '1', 'k2')])];
    expect(oneOrderPerKey(twoKeys).holds).toBe(false);
  });
});

describe('two services, one truth', () => {
  it.each([
    ['placed', undefined],
    ['placed', 'reserved'],
    ['confirmed', 'reserved'],
    ['confirmed', 'released'],
    ['rejected', 'rejected'],
    ['cancelled', undefined],
    ['cancelled', 'reserved'],
    ['cancelled', 'released'],
  ] as const)('holds where the order is %s and its reservation %s', (status, reservation) => {
    expect(sameTruth([pair(status, reservation)]).holds).toBe(true);
  });

  it.each([
    ['confirmed', undefined],
    ['confirmed', 'rejected'],
    ['rejected', undefined],
    ['rejected', 'reserved'],
  ] as const)('is broken where the order is %s and its reservation %s', (status, reservation) => {
    const { holds, offenders } = sameTruth([pair(status, reservation)]);
    expect(holds).toBe(false);
    expect(offenders).toHaveLength(1);
  });
});

describe('no stock from nowhere', () => {
  const stock = (available: number, reserved: number, sku = 'A') => ({ sku, available, reserved });

  it('holds while stock only moves between available and reserved', () => {
    expect(stockConserved([stock(7, 3)], [stock(10, 0)]).holds).toBe(true);
  });

  it('is broken where stock appears, and names the SKU', () => {
    const { holds, offenders } = stockConserved(
      [stock(7, 4), stock(5, 0, 'B')],
      [stock(10, 0), stock(5, 0, 'B')],
    );
    expect(holds).toBe(false);
    expect(offenders).toEqual(['A had 10 and has 11: did an operator change it?']);
  });
});

it('adds up what each stopped repeat of an order would have charged', () => {
  const sent = [
    experiment('copies', [exchange('replayed', '1'), exchange('replayed', '1'), exchange('in-flight')]),
    experiment('place', [exchange('executed', '1')]),
  ];
  expect(doubleChargesSaved(sent)).toBe(3_000);
});
