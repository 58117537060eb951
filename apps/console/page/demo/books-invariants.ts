import type { Invariant } from '../ledger/invariants.js';
import type { Books } from './books.js';

const words = new Intl.NumberFormat('en');
const n = (value: number) => words.format(value);

/** What must hold of all orders there are, as both databases have them; each with the numbers and with what breaks it. */
export function invariantsOf(books: Books): readonly Invariant[] {
  return [oneOrderAKey(books), nothingLost(books), oneTruth(books), noStockFromNowhere(books)];
}

function oneOrderAKey({ keys }: Books): Invariant {
  const forgotten = keys.forgotten === 0 ? '' : ` − ${n(keys.forgotten)} older than their key`;
  return {
    name: 'One order a key',
    equation: `${n(keys.keys)} keys answered = ${n(keys.orders)} orders${forgotten}`,
    explanation: 'Order’s idempotency table against its orders, all there are, in one snapshot.',
    holds: keys.offenders.length === 0 && keys.keys === keys.orders - keys.forgotten,
    offenders: keys.offenders,
  };
}

function nothingLost({ storm, lost, orders }: Books): Invariant {
  return {
    name: 'What was answered is there',
    equation: `${n(storm.keysAnswered)} clients answered = ${n(storm.orders)} orders`,
    explanation: 'The storm’s clients wrote down which order they were promised; each is looked up.',
    holds:
      lost.length === 0 &&
      storm.wrong.length === 0 &&
      storm.keysAnswered === storm.orders &&
      storm.orders <= orders.total,
    offenders: [...storm.wrong, ...lost],
  };
}

function oneTruth({ orders, reservations, open, contradictions }: Books): Invariant {
  return {
    name: 'Two services, one truth',
    equation: `${n(orders.total)} orders = ${n(reservations.reserved)} reserved + ${n(reservations.rejected)} rejected + ${n(reservations.released)} cancelled + ${n(open)} open`,
    explanation:
      'Order’s database against Inventory’s: by count, and order by order in a walk that never ends.',
    holds: open >= 0 && contradictions.length === 0,
    offenders: open < 0 ? [`${-open} reservations have no order`, ...contradictions] : contradictions,
  };
}

function noStockFromNowhere({ stock }: Books): Invariant {
  return {
    name: 'No stock from nowhere',
    equation: `${n(stock.initial)} at first = ${n(stock.available)} available + ${n(stock.reserved)} reserved`,
    explanation: `Every SKU by its movements; ${n(stock.held)} units are held by the lines of orders.`,
    holds:
      stock.offenders.length === 0 &&
      stock.initial === stock.available + stock.reserved &&
      stock.reserved === stock.held,
    offenders: stock.offenders,
  };
}
