import type { OrderStatus } from '@semel/contracts';
import { metricsRegistry } from '@semel/service';
import { Counter } from 'prom-client';

const orders = new Counter({
  name: 'semel_orders_total',
  help: 'Orders that this process has taken to a status: placed, confirmed, rejected or cancelled',
  labelNames: ['status'],
  registers: [metricsRegistry],
});

/** Counts orders that have just reached a status: after their commit, or they might be counted without having been. */
export function countOrders(status: OrderStatus, count: number): void {
  if (count > 0) orders.inc({ status }, count);
}

/**
 * The statuses that an order has gone through up to now, one a version: `placed` is version 1. A cancelled order of version 3
 * was confirmed in between, because nothing else leads there.
 */
export function historyOf({ status, version }: { status: OrderStatus; version: number }): OrderStatus[] {
  if (status === 'placed') return ['placed'];
  return version > 2 ? ['placed', 'confirmed', status] : ['placed', status];
}
