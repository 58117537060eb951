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
    orders: 1,
    replayed: 1,
    inFlight: 1,
    lost: 1,
    failed: 1,
    saved: 600,
  });
  expect(books.testimony()).toEqual({ acknowledged: ['a'], keysAnswered: 1, orders: 1, wrong: [] });
});

it('complains of a key with two orders, and its orders are one more than its keys', () => {
  const books = new StormBooks();
  books.note('k', order('a'));
  books.note('k', order('b'));
  expect(books.testimony()).toMatchObject({
    keysAnswered: 1,
    orders: 2,
    wrong: ['Key k has two orders: a and b'],
  });
});

it('has one order less than keys where two keys were answered with the same order', () => {
  const books = new StormBooks();
  books.note('k', order('a'));
  books.note('l', order('a'));
  expect(books.testimony()).toMatchObject({ keysAnswered: 2, orders: 1 });
});

it('complains of an answer that makes no sense', () => {
  const books = new StormBooks();
  books.note('m', refused(422));
  expect(books.testimony().wrong).toEqual(['Key m was answered 422: {}']);
});

it.each(['no JSON', '{}', 'null'])('complains of a 201 that names no order: %s', (body) => {
  const books = new StormBooks();
  expect(books.note('k', { kind: 'answer', status: 201, replayed: false, retryAfter: 0, body })).toBe(true);
  expect(books.testimony()).toMatchObject({
    keysAnswered: 0,
    orders: 0,
    wrong: [`Key k was answered 201 without an order: ${body}`],
  });
});
