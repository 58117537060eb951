import type { BooksView } from './books.js';

/** A statement about both services that must hold of all orders there are, with the numbers that it is about. */
export interface Invariant {
  readonly name: string;
  /** The numbers, as an equation. */
  readonly equation: string;
  readonly explanation: string;
  readonly holds: boolean;
  /** What breaks it. */
  readonly offenders: readonly string[];
}

const words = new Intl.NumberFormat('en');
const n = (value: number | string) => words.format(Number(value));

/** What must hold, whoever looks: the console's page and npm run demo show the same four. */
export function invariantsOf(books: BooksView): readonly Invariant[] {
  return [oneOrderAKey(books), nothingLost(books), oneTruth(books), noStockFromNowhere(books)];
}

function oneOrderAKey({ keys }: BooksView): Invariant {
  const forgotten = keys.forgotten === 0 ? '' : ` − ${n(keys.forgotten)} older than their key`;
  return {
    name: 'One order a key',
    equation: `${n(keys.keys)} keys answered = ${n(keys.orders)} orders${forgotten}`,
    explanation: 'Order’s idempotency table against its orders, all there are, in one snapshot.',
    holds: keys.offenders.length === 0 && keys.keys === keys.orders - keys.forgotten,
    offenders: keys.offenders,
  };
}

function nothingLost({ heard, lost, orders }: BooksView): Invariant {
  return {
    name: 'What was answered is there',
    equation: `${n(heard.keysAnswered)} clients answered = ${n(heard.orders)} orders`,
    explanation: 'The storm’s clients wrote down which order they were promised; each is looked up.',
    holds:
      lost.length === 0 &&
      heard.wrong.length === 0 &&
      heard.keysAnswered === heard.orders &&
      heard.orders <= orders.total,
    offenders: [...heard.wrong, ...lost],
  };
}

function oneTruth({ orders, reservations, open, contradictions }: BooksView): Invariant {
  return {
    name: 'Two services, one truth',
    equation: `${n(orders.total)} orders = ${n(reservations.reserved)} reserved + ${n(reservations.rejected)} rejected + ${n(reservations.released)} cancelled + ${n(open)} open`,
    explanation:
      'Order’s database against Inventory’s: by count, and order by order in a walk that never ends.',
    holds: open >= 0 && contradictions.length === 0,
    offenders: open < 0 ? [`${-open} reservations have no order`, ...contradictions] : contradictions,
  };
}

function noStockFromNowhere({ stock }: BooksView): Invariant {
  const initial = BigInt(stock.initial);
  return {
    name: 'No stock from nowhere',
    equation: `${n(stock.initial)} at first = ${n(stock.available)} available + ${n(stock.reserved)} reserved`,
    explanation: `Every SKU by its movements; ${n(stock.held)} units are held by the lines of orders.`,
    holds:
      stock.offenders.length === 0 &&
      initial === BigInt(stock.available) + BigInt(stock.reserved) &&
      stock.reserved === stock.held,
    offenders: stock.offenders,
  };
}
