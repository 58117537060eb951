import { readStatuses } from './sql/read-orders.js';
import { pageReservations } from './sql/read-reservations.js';
import type { Surroundings } from './surroundings.js';

const page = 5_000;

/** Every reservation belongs to an order, which was there before it: so it is read first. */
export async function sweepReservations({ order, inventory, report }: Surroundings): Promise<void> {
  let after = '';
  for (;;) {
    const ids = (await inventory.query(pageReservations(after, page))).map(({ id }) => id);
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
    report.count('reservations', ids.length);
    const known = new Set((await order.query(readStatuses(ids))).map(({ id }) => id));
    for (const id of ids) {
      if (!known.has(id)) {
        report.disagree(
          'reservation-without-order',
          id,
          'Inventory keeps a reservation of an order that Order has never taken.',
        );
      }
    }
  }
}
