import { setTimeout as delay } from 'node:timers/promises';
import { Books, type BooksView, Database, invariantsOf } from '@semel/stack';
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
    const heard = {
      acknowledged,
      keysAnswered: acknowledged.length,
      orders: new Set(acknowledged).size,
      wrong: [],
    };
    const books = await settled(new Books(databases, () => heard));
    for (const { name, equation, holds, offenders } of invariantsOf(books)) {
      teller.holds(holds, `${name}: ${equation}`, offenders[0]);
    }
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
