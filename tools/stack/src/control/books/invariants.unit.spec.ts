import type { BooksView } from './books.js';
import { invariantsOf } from './invariants.js';

const heard = { acknowledged: [], keysAnswered: 2, orders: 2, wrong: [] };
const books: BooksView = {
  keys: { keys: 4, orders: 5, forgotten: 1, offenders: [] },
  orders: { total: 5, placed: 1, confirmed: 2, rejected: 1, cancelled: 1, waitingEvents: 0 },
  reservations: { total: 4, reserved: 2, rejected: 1, released: 1, waitingEvents: 0 },
  open: 1,
  contradictions: [],
  lost: [],
  stock: { initial: '100', available: '97', reserved: '3', held: '3', offenders: [] },
  heard,
};
const broken = (change: Partial<BooksView>) =>
  invariantsOf({ ...books, ...change })
    .filter(({ holds }) => !holds)
    .map(({ name }) => name);

it('is green where everything agrees, with the numbers', () => {
  expect(broken({})).toEqual([]);
  expect(invariantsOf(books).map(({ equation }) => equation)).toEqual([
    '4 keys answered = 5 orders − 1 older than their key',
    '2 clients answered = 2 orders',
    '5 orders = 2 reserved + 1 rejected + 1 cancelled + 1 open',
    '100 at first = 97 available + 3 reserved',
  ]);
});

it.each<[string, Partial<BooksView>]>([
  ['One order a key', { keys: { ...books.keys, offenders: ['Order a has 2 keys'] } }],
  ['One order a key', { keys: { ...books.keys, orders: 6 } }],
  ['What was answered is there', { lost: ['Order a was acknowledged and is not there'] }],
  ['What was answered is there', { heard: { ...heard, orders: 1 } }],
  ['What was answered is there', { heard: { ...heard, keysAnswered: 6, orders: 6 } }],
  ['What was answered is there', { heard: { ...heard, wrong: ['Key k has two orders: a and b'] } }],
  ['Two services, one truth', { contradictions: ['Order a is confirmed, Inventory has: rejected'] }],
  ['Two services, one truth', { open: -1 }],
  ['No stock from nowhere', { stock: { ...books.stock, offenders: ['TEA had 1, has 2'] } }],
  ['No stock from nowhere', { stock: { ...books.stock, available: '98' } }],
  ['No stock from nowhere', { stock: { ...books.stock, held: '2' } }],
])('is red by %s alone (%#)', (name, change) => {
  expect(broken(change)).toEqual([name]);
});
