import { order } from '../shop/exchange.js';
import { tokenOf } from '../shop/token.js';
import type { Trial } from './chapter.js';

/** The first order of this stack, its replay, and its key for something else. */
export async function orders({ project, report, promised }: Trial): Promise<void> {
  report.begin('Order');
  const token = await tokenOf(project, 'alice');
  const request = { url: project.url('order'), token, key: 'breakfast', quantity: 2 };
  const first = await order(request);
  if (first.orderId !== undefined) promised.add(first.orderId);
  const again = await order(request);
  const other = await order({ ...request, quantity: 3 });
  report.holds(first.status === 201 && !first.replayed, '201 for a first order', String(first.status));
  report.holds(
    again.status === 201 && again.replayed && again.orderId === first.orderId,
    'the same again is answered with the same order, replayed',
  );
  report.holds(other.status === 422, '422 for the same key with another cart', String(other.status));
}
