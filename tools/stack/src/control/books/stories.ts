import type { OrderStory, ReservationStory } from './sql/compare-stories.js';

/**
 * What is wrong between an order and its reservation, the order having been read first: what Inventory decides after that is no
 * contradiction, what Order knew before Inventory did is one.
 */
export function contradiction(
  order: OrderStory,
  reservation: ReservationStory | undefined,
): string | undefined {
  const { id, status, lines } = order;
  const found = reservation?.status ?? 'no reservation';
  if (status === 'confirmed' && found !== 'reserved' && found !== 'released') {
    return `Order ${id} is confirmed, Inventory has: ${found}`;
  }
  if (status === 'rejected' && found !== 'rejected')
    return `Order ${id} is rejected, Inventory has: ${found}`;
  if (found === 'reserved' && reservation?.lines !== lines) {
    return `Order ${id} asks for ${lines}, Inventory reserved ${reservation?.lines ?? 'nothing'}`;
  }
  return undefined;
}
