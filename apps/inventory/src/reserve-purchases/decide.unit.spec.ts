import { cancelled, placed } from '../testing/purchases.spec.js';
import { decide, type KnownReservation } from './decide.js';

const nothingKnown = new Map<string, KnownReservation>();
const kindsOf = (...given: Parameters<typeof decide>) => decide(...given).map(({ kind }) => kind);

describe('deciding purchases', () => {
  it('serves buyers in the order of their arrival until the last unit is gone', () => {
    const available = new Map([['A', 3]]);
    const messages = ['1', '2', '3', '4'].map((orderId) => placed(orderId, { A: 1 }));
    expect(kindsOf(messages, { reservations: nothingKnown, available })).toEqual([
      'reserved',
      'reserved',
      'reserved',
      'rejected',
    ]);
  });

  it('takes all lines or none, so that a later buyer gets what an earlier one could not use', () => {
    const available = new Map([
      ['A', 5],
      ['B', 0],
    ]);
    const messages = [placed('1', { A: 5, B: 1 }), placed('2', { A: 5 })];
    expect(decide(messages, { reservations: nothingKnown, available })).toMatchObject([
      { kind: 'rejected', code: 'insufficient-stock', sku: 'B' },
      { kind: 'reserved' },
    ]);
  });

  it('names the first line that is short, unless a SKU does not exist at all', () => {
    const available = new Map([
      ['A', 0],
      ['B', 0],
    ]);
    const messages = [placed('1', { B: 1, A: 1 }), placed('2', { A: 1, X: 1, Y: 1 })];
    expect(decide(messages, { reservations: nothingKnown, available })).toMatchObject([
      { code: 'insufficient-stock', sku: 'B' },
      { code: 'unknown-sku', sku: 'X' },
    ]);
  });

  it('gives what is released to the next buyer of the same batch', () => {
    const available = new Map([['A', 0]]);
    const reservations = new Map<string, KnownReservation>([
      ['1', { status: 'reserved', lines: [{ sku: 'A', quantity: 2 }], customerKnown: true }],
    ]);
    expect(kindsOf([cancelled('1'), placed('2', { A: 2 })], { reservations, available })).toEqual([
      'released',
      'reserved',
    ]);
  });

  it.each([
    ['purchase, cancellation', [placed('1', { A: 1 }), cancelled('1')], ['reserved', 'released']],
    ['cancellation, purchase', [cancelled('1'), placed('1', { A: 1 })], ['buried', 'stillborn']],
    [
      'a purchase that is rejected, cancellation',
      [placed('1', { A: 9 }), cancelled('1')],
      ['rejected', 'unchanged'],
    ],
  ])('knows within a batch what came before: %s', (_, messages, kinds) => {
    const available = new Map([['A', 1]]);
    expect(kindsOf(messages, { reservations: nothingKnown, available })).toEqual(kinds);
  });

  it('leaves alone what was dealt with long ago, when its key has been forgotten', () => {
    const available = new Map([['A', 9]]);
    const known = (status: KnownReservation['status']): KnownReservation => ({
      status,
      lines: [],
      customerKnown: true,
    });
    const reservations = new Map([
      ['1', known('reserved')],
      ['2', known('rejected')],
      ['3', known('released')],
    ]);
    const messages = [
      placed('1', { A: 1 }),
      placed('2', { A: 1 }),
      cancelled('2'),
      placed('3', { A: 1 }),
      cancelled('3'),
    ];
    expect(new Set(kindsOf(messages, { reservations, available }))).toEqual(new Set(['unchanged']));
  });
});
