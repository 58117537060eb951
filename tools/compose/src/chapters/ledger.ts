import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runToEnd } from '@semel/platform';
import { Books, Database, invariantsOf, root, type Storm } from '@semel/stack';
import { countPurchases } from '../shop/sql/count-events.js';
import type { Trial } from './chapter.js';

const patience = 120_000;

/** Both databases' books, once every customer has an answer and every order is decided; then reconcile. */
export async function ledger({ project, report, storm, promised }: Trial): Promise<void> {
  report.begin('Ledger');
  await storm.blow(0);
  await answered(storm);
  const { requests, orders, replayed, lost, failed, inFlight } = storm.view();
  report.note(
    `${requests} requests of the storm: ${orders} orders, ${replayed} replayed, ${inFlight} told to wait, ${lost} lost, ${failed} failed`,
  );
  const databases = {
    order: new Database(project.databaseUrl('order')),
    inventory: new Database(project.databaseUrl('inventory')),
  };
  try {
    const books = await new Books(databases, () => storm.testimony()).readDecided(patience);
    for (const { name, equation, holds, offenders } of invariantsOf(books))
      report.holds(holds, `${name}: ${equation}`, offenders[0]);
    const acknowledged = storm.testimony().orders + promised.size;
    report.holds(
      acknowledged === books.orders.total,
      `${acknowledged} acknowledged = ${books.orders.total} orders`,
    );
    const [told] = await databases.order.query(countPurchases());
    report.holds(
      told?.events === books.orders.total && told.orders === books.orders.total,
      `${books.orders.total} orders = ${told?.events} purchases in the outbox, of ${told?.orders} orders`,
    );
  } finally {
    await Promise.all(Object.values(databases).map((database) => database.end()));
  }
  const { code, output } = await runToEnd(process.execPath, [
    join(root, 'tools', 'reconcile', 'reconcile.mjs'),
    ...['--order-database', project.databaseUrl('order')],
    ...['--inventory-database', project.databaseUrl('inventory')],
    ...['--brokers', project.brokers],
  ]);
  report.holds(code === 0, 'reconcile agrees', output);
}

async function answered(storm: Storm): Promise<void> {
  const givenUp = performance.now() + patience;
  while (storm.view().pending > 0) {
    if (performance.now() > givenUp) throw new Error(`${storm.view().pending} customers got no answer.`);
    await delay(200);
  }
}
