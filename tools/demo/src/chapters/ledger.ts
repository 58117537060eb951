import { setTimeout as delay } from 'node:timers/promises';
import { Books, type BooksView, Database } from '@semel/stack';
import { type Tour, variableOf } from '../tour.js';

const patience = 60_000;

/** Both databases' books, in SQL: of all orders there are, not only of this tour's. */
export async function ledger(tour: Tour): Promise<void> {
  const { teller, acknowledged } = tour;
  await teller.chapter('The books, counted in both databases');
  const databases = {
    order: new Database(variableOf(tour, 'ORDER_DATABASE_URL')),
    inventory: new Database(variableOf(tour, 'INVENTORY_DATABASE_URL')),
  };
  try {
    const books = await settled(new Books(databases, () => ({ acknowledged })));
    const { keys, orders, reservations, stock, open, contradictions, lost } = books;
    const forgotten = keys.forgotten === 0 ? '' : ` − ${keys.forgotten} older than their key`;
    teller.holds(
      keys.offenders.length === 0 && keys.keys === keys.orders - keys.forgotten,
      `${keys.keys} keys answered = ${keys.orders} orders${forgotten}`,
      keys.offenders[0],
    );
    teller.holds(
      lost.length === 0,
      `${acknowledged.length} orders were acknowledged in this tour, and all are there`,
      lost[0],
    );
    teller.holds(
      open === 0 && contradictions.length === 0,
      `${orders.total} orders = ${reservations.reserved} reserved + ${reservations.rejected} rejected + ${reservations.released} cancelled + ${open} open`,
      contradictions[0],
    );
    const initial = Number(stock.initial);
    teller.holds(
      stock.offenders.length === 0 &&
        initial === Number(stock.available) + Number(stock.reserved) &&
        stock.reserved === stock.held,
      `${initial} units at first = ${stock.available} available + ${stock.reserved} reserved`,
      stock.offenders[0],
    );
  } finally {
    await Promise.all(Object.values(databases).map((database) => database.end()));
  }
}

/** The books once Inventory has decided every order, or as they are when that takes too long. */
async function settled(books: Books): Promise<BooksView> {
  const givenUp = performance.now() + patience;
  for (;;) {
    const view = await books.read();
    if ((view.open === 0 && view.orders.placed === 0) || performance.now() > givenUp) return view;
    await delay(200);
  }
}
