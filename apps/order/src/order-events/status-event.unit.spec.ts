import type { OrderStatus } from '@semel/contracts';
import { statusEvents } from './status-event.js';

const order = (status: OrderStatus, version: number) => ({
  id: 'order-1',
  status,
  version,
  rejection_code: status === 'rejected' ? ('unknown-sku' as const) : null,
  rejection_sku: status === 'rejected' ? 'A' : null,
});
const seen = (status: OrderStatus, version: number, since: number) =>
  statusEvents(order(status, version), since).map(({ id, data }) => `${id} ${data.status}`);

it('tells of every status since the version that was seen, also of those that came and went in between', () => {
  expect(seen('placed', 1, 0)).toEqual(['1 placed']);
  expect(seen('confirmed', 2, 1)).toEqual(['2 confirmed']);
  expect(seen('cancelled', 3, 1)).toEqual(['2 confirmed', '3 cancelled']);
  expect(seen('cancelled', 2, 0)).toEqual(['1 placed', '2 cancelled']);
  expect(seen('cancelled', 3, 3)).toEqual([]);
});

it('tells why an order was rejected', () => {
  expect(statusEvents(order('rejected', 2), 0).map(({ data }) => data)).toEqual([
    { orderId: 'order-1', status: 'placed' },
    { orderId: 'order-1', status: 'rejected', rejection: { code: 'unknown-sku', sku: 'A' } },
  ]);
});
