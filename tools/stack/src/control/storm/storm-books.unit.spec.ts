import type { Attempt } from './send-order.js';
import { StormBooks } from './storm-books.js';

const order = (id: string, replayed = false): Attempt => ({
  kind: 'answer',
  status: 201,
  replayed,
  retryAfter: 0,
  body: JSON.stringify({ id, total: { amount: 300, currency: 'EUR' } }),
});
const refused = (status: number): Attempt => ({
  kind: 'answer',
  status,
  replayed: false,
  retryAfter: 0,
  body: '{}',
});

it('counts an order once however often it is answered, and what repeats would have been charged', () => {
  const books = new StormBooks();
  expect(books.note('k', { kind: 'lost' })).toBe(false);
  expect(books.note('k', refused(409))).toBe(false);
  expect(books.note('k', refused(503))).toBe(false);
  expect(books.note('k', order('a'))).toBe(true);
  expect(books.note('k', order('a', true))).toBe(true);
  expect(books.view(0, 0)).toMatchObject({
    requests: 5,
    keysAnswered: 1,
    orders: 1,
    replayed: 1,
    inFlight: 1,
    lost: 1,
    failed: 1,
    saved: 600,
    wrong: [],
  });
  expect(books.acknowledged()).toEqual(['a']);
});

it('complains of a key with two orders, of an order with two keys and of an answer that makes no sense', () => {
  const books = new StormBooks();
  books.note('k', order('a'));
  books.note('k', order('b'));
  expect(books.view(0, 0).wrong).toEqual(['Key k has two orders: a and b']);
  books.note('l', order('b'));
  expect(books.view(0, 0)).toMatchObject({ keysAnswered: 2, orders: 1 });
  books.note('m', refused(422));
  expect(books.view(0, 0).wrong).toHaveLength(2);
});
