import type { Stock } from '@semel/contracts';
import type { ReservedOrder } from '../api/use-recent-orders.js';
import type { Experiment } from '../shop/experiment.js';
import { orderIdIn } from '../shop/tally.js';

/** A statement about both services that must hold at every moment, with the numbers that it is about. */
export interface Invariant {
  readonly name: string;
  /** The numbers, as an equation. */
  readonly equation: string;
  readonly explanation: string;
  readonly holds: boolean;
  /** What breaks it. */
  readonly offenders: readonly string[];
}

/** Each key that was answered with an order has one order, and no order has two keys. */
export function oneOrderPerKey(experiments: readonly Experiment[]): Invariant {
  const ordersByKey = new Map<string, Set<string>>();
  for (const exchange of experiments.flatMap(({ exchanges }) => exchanges)) {
    const orderId = orderIdIn(exchange);
    if (orderId === undefined) continue;
    const { key } = exchange.request;
    ordersByKey.set(key, (ordersByKey.get(key) ?? new Set()).add(orderId));
  }
  const orders = new Set([...ordersByKey.values()].flatMap((ids) => [...ids]));
  const offenders = [...ordersByKey]
    .filter(([, ids]) => ids.size > 1)
    .map(([key, ids]) => `Key ${key} has the orders ${[...ids].join(', ')}`);
  return {
    name: 'One order a key',
    equation: `${ordersByKey.size} keys answered = ${orders.size} orders`,
    explanation: 'Of all that this page has sent since it was opened.',
    holds: offenders.length === 0 && orders.size === ordersByKey.size,
    offenders,
  };
}

/** Order and Inventory tell the same story of each order. An order that is still on its way is open. */
export function sameTruth(orders: readonly ReservedOrder[]): Invariant {
  const offenders = orders.filter((each) => storyOf(each) === 'contradiction');
  const count = (story: string) => orders.filter((each) => storyOf(each) === story).length;
  return {
    name: 'Two services, one truth',
    equation: `${orders.length} orders = ${count('reserved')} reserved + ${count('rejected')} rejected + ${count('released')} cancelled + ${count('open')} open`,
    explanation: `The customer’s newest ${orders.length} orders at Order, each looked up at Inventory.`,
    holds: offenders.length === 0,
    offenders: offenders.map(
      ({ order, reservation }) =>
        `Order ${order.id} is ${order.status}, its reservation ${reservation?.status ?? 'missing'}`,
    ),
  };
}

type Story = 'reserved' | 'rejected' | 'released' | 'open' | 'contradiction';

function storyOf({ order, reservation }: ReservedOrder): Story {
  const inventory = reservation?.status ?? 'none';
  switch (order.status) {
    case 'placed':
      return 'open';
    case 'confirmed':
      // Read a moment later, the reservation may already be released by a cancellation.
      return inventory === 'reserved' || inventory === 'released' ? 'reserved' : 'contradiction';
    case 'rejected':
      return inventory === 'rejected' ? 'rejected' : 'contradiction';
    case 'cancelled':
      return inventory === 'reserved' || inventory === 'none' ? 'open' : 'released';
  }
}

/** Goods are available or reserved, and none appear or vanish by an order. */
export function stockConserved(stocks: readonly Stock[], initial: readonly Stock[]): Invariant {
  const now = sum(stocks);
  const before = sum(initial);
  const negative = stocks.filter(({ available, reserved }) => available < 0 || reserved < 0);
  return {
    name: 'No stock from nowhere',
    equation: `${format(now.available)} available + ${format(now.reserved)} reserved = ${format(before.available + before.reserved)}`,
    explanation: 'All of Inventory’s stock, against its sum when this page was opened.',
    holds: negative.length === 0 && now.available + now.reserved === before.available + before.reserved,
    offenders: differences(stocks, initial),
  };
}

function sum(stocks: readonly Stock[]): { available: number; reserved: number } {
  return stocks.reduce(
    (total, { available, reserved }) => ({
      available: total.available + available,
      reserved: total.reserved + reserved,
    }),
    { available: 0, reserved: 0 },
  );
}

function differences(stocks: readonly Stock[], initial: readonly Stock[]): string[] {
  const before = new Map(initial.map((stock) => [stock.sku, stock.available + stock.reserved]));
  return stocks.flatMap(({ sku, available, reserved }) => {
    const had = before.get(sku) ?? 0;
    const has = available + reserved;
    return has === had
      ? []
      : [`${sku} had ${format(had)} and has ${format(has)}: did an operator change it?`];
  });
}

function format(value: number): string {
  return value.toLocaleString('en');
}
