import { Books, Database, invariantsOf } from '@semel/stack';
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
    const books = await new Books(databases, () => heard).readDecided(patience);
    for (const { name, equation, holds, offenders } of invariantsOf(books)) {
      teller.holds(holds, `${name}: ${equation}`, offenders[0]);
    }
  } finally {
    await Promise.all(Object.values(databases).map((database) => database.end()));
  }
}
