import {
  findUnexplainedReservations,
  findUnexplainedStock,
  type MovesFound,
  type StockFound,
  sumStock,
} from './sql/check-stock.js';
import { countUnsent, findOrphans } from './sql/read-outbox.js';
import type { Surroundings } from './surroundings.js';

/** What each database has to tell for itself. Each check is one statement, and so of one moment. */
export async function checkDatabases(
  { order, inventory, report }: Surroundings,
  limit: number,
): Promise<void> {
  for (const stock of await inventory.query(findUnexplainedStock(limit))) {
    report.disagree('stock-unexplained', stock.sku, stockSentence(stock));
  }
  for (const moves of await inventory.query(findUnexplainedReservations(limit))) {
    report.disagree('reservation-unexplained', moves.id, movesSentence(moves));
  }
  const [totals] = await inventory.query(sumStock());
  report.count('SKUs', totals?.skus ?? 0);
  report.count('units received', Number(totals?.received ?? 0));
  report.count('units available', Number(totals?.available ?? 0));
  report.count('units reserved', Number(totals?.reserved ?? 0));
  for (const { key, type } of await order.query(findOrphans(limit))) {
    report.disagree('event-without-order', key, `Order's outbox has ${type} of an order that isn't there.`);
  }
  for (const database of [order, inventory]) {
    for (const { reason, count } of await database.query(countUnsent())) {
      report.count(
        reason === null
          ? `events waiting in the outbox of ${database.service}`
          : `events set aside by ${database.service}: ${reason}`,
        count,
      );
    }
  }
}

function stockSentence({ available, reserved, movedAvailable, movedReserved, held }: StockFound): string {
  return (
    `The table has ${available ?? 'no row'} available and ${reserved ?? 'no row'} reserved, ` +
    `the movements come to ${movedAvailable ?? 'none'} and ${movedReserved ?? 'none'}, and ${held} are held by orders.`
  );
}

function movesSentence({ sku, status, quantity, taken, takes, given, gives }: MovesFound): string {
  return (
    `Of ${sku} it should have taken ${quantity} (${status ?? 'no such line'}); ` +
    `the movements took ${taken} in ${takes} and gave back ${given} in ${gives}.`
  );
}
