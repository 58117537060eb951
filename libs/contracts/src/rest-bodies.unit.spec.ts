import type { z } from 'zod';
import { ListQuery } from './list.js';
import { PlaceOrder } from './order.js';
import { AdjustStock, PutStock } from './stock.js';
import { violationsOf } from './violation.js';

const complaintsOf = (schema: z.ZodType, value: unknown): string[] => {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : violationsOf(parsed.error).map(({ path }) => path);
};
const line = (sku: unknown = 'tea', quantity: unknown = 1) => ({ sku, quantity });
const lines = (count: number) => Array.from({ length: count }, (_, index) => line(`sku-${index}`));

describe('an order', () => {
  it.each<[string, unknown]>([
    ['one line', { lines: [line()] }],
    ['100 lines', { lines: lines(100) }],
    ['a quantity of 1,000', { lines: [line('a', 1_000)] }],
    ['a quantity written 1.0', { lines: [line('a', JSON.parse('1.0'))] }],
    ['a SKU of 64 characters', { lines: [line('aZ9._-'.padEnd(64, 'x'))] }],
    ['a note of 2,000 characters', { lines: [line()], note: 'x'.repeat(2_000) }],
    ['a note of 2,000 astral characters', { lines: [line()], note: '🍵'.repeat(2_000) }],
    ['an empty note', { lines: [line()], note: '' }],
    ['U+0000 and a lone surrogate in the note', { lines: [line()], note: '\0\ud800' }],
    ['SKUs that differ by case', { lines: [line('a'), line('A')] }],
  ])('may have %s', (_what, order) => {
    expect(complaintsOf(PlaceOrder, order)).toEqual([]);
  });

  it.each<[string, unknown, string[]]>([
    ['no lines', { lines: [] }, ['/lines']],
    ['no member lines', {}, ['/lines']],
    ['101 lines', { lines: lines(101) }, ['/lines']],
    ['a SKU twice', { lines: [line('a'), line('b'), line('a')] }, ['/lines/2/sku']],
    ['a quantity of 0', { lines: [line('a', 0)] }, ['/lines/0/quantity']],
    ['a quantity of 1,001', { lines: [line('a', 1_001)] }, ['/lines/0/quantity']],
    ['half a quantity', { lines: [line('a', 1.5)] }, ['/lines/0/quantity']],
    ['a quantity as text', { lines: [line('a', '1')] }, ['/lines/0/quantity']],
    ['a quantity of true', { lines: [line('a', true)] }, ['/lines/0/quantity']],
    ['an infinite quantity', { lines: [line('a', JSON.parse('1e999'))] }, ['/lines/0/quantity']],
    ['an empty SKU', { lines: [line('')] }, ['/lines/0/sku']],
    ['a SKU of 65 characters', { lines: [line('x'.repeat(65))] }, ['/lines/0/sku']],
    ['a SKU with a line break at its end', { lines: [line('a\n')] }, ['/lines/0/sku']],
    ['a SKU as a number', { lines: [line(5)] }, ['/lines/0/sku']],
    ['a note of 2,001 characters', { lines: [line()], note: 'x'.repeat(2_001) }, ['/note']],
    ['a note of null', { lines: [line()], note: null }, ['/note']],
    ['unknown members', { lines: [{ ...line(), price: 1 }], 'a/b~c': 1 }, ['/lines/0/price', '/a~1b~0c']],
    ['no object', [], ['']],
    ['nothing', null, ['']],
  ])('must not have %s', (_what, order, paths) => {
    expect(complaintsOf(PlaceOrder, order)).toEqual(paths);
  });
});

describe('stock', () => {
  it.each([[0], [1_000_000_000]])('may be set to %d', (available) => {
    expect(complaintsOf(PutStock, { available })).toEqual([]);
  });
  it.each([[-1], [1_000_000_001], [0.5], ['1'], [null], [undefined]])(
    'must not be set to %p',
    (available) => {
      expect(complaintsOf(PutStock, { available })).toEqual(['/available']);
    },
  );
  it('is adjusted by a whole number that is not zero, with a reason', () => {
    expect(complaintsOf(AdjustStock, { delta: -5, reason: 'broken' })).toEqual([]);
    for (const delta of [0, -0, 0.1, '5', 1_000_000_001]) {
      expect(complaintsOf(AdjustStock, { delta, reason: 'x' })).toEqual(['/delta']);
    }
    for (const reason of ['', 5, undefined, 'x'.repeat(2_001)]) {
      expect(complaintsOf(AdjustStock, { delta: 1, reason })).toEqual(['/reason']);
    }
  });
});

it('pages of a list have 20 entries where nothing is said, 1 to 100 where something is', () => {
  expect(ListQuery.parse({})).toEqual({ limit: 20 });
  expect(ListQuery.parse({ limit: '100', cursor: 'x' })).toEqual({ limit: 100, cursor: 'x' });
  for (const limit of ['0', '101', '007', '+5', '1e1', ' 5', '', '٣', ['1', '2']]) {
    expect(complaintsOf(ListQuery, { limit })).toEqual(['/limit']);
  }
});
