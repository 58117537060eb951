import { examine, type Suspect } from './examine.js';
import { settle } from './settle.js';
import { pageOrders } from './sql/read-orders.js';
import { readReservations } from './sql/read-reservations.js';
import { judge } from './story.js';
import type { Surroundings } from './surroundings.js';

const page = 5_000;
/** So many suspects are examined together: about as much memory as a page. */
const together = 20_000;

/** Every order that was placed up to the watermark, against what Inventory keeps of it. */
export async function sweepOrders(surroundings: Surroundings, watermark: Date): Promise<void> {
  const { order, inventory, report } = surroundings;
  let suspects: Suspect[] = [];
  let after: string | undefined;
  for (;;) {
    const orders = await order.query(pageOrders(after, watermark, page));
    after = orders.at(-1)?.id;
    if (after === undefined) break;
    report.count('orders', orders.length);
    const found = await inventory.query(readReservations(orders.map(({ id }) => id)));
    const reservations = new Map(found.map((reservation) => [reservation.id, reservation]));
    for (const one of orders) {
      const judgement = judge(one, reservations.get(one.id));
      if (judgement.kind === 'at-rest') settle(report, one, judgement.as);
      else if (judgement.kind === 'wrong') report.disagree(judgement.what, one.id, judgement.detail);
      else suspects.push({ id: one.id, judgement });
    }
    if (suspects.length >= together) {
      await examine(surroundings, suspects);
      suspects = [];
    }
  }
  await examine(surroundings, suspects);
}
