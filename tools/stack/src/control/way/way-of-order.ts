import type { Databases, ServiceName } from '../database.js';
import type { TopicRecord, TopicTap } from '../events/topic-tap.js';
import {
  eventsOfOrder,
  type MovementRow,
  movementsOfOrder,
  type OrderRow,
  type OutboxRow,
  orderCalled,
} from './sql/events-of-order.js';
import {
  countReceived,
  type KeyRow,
  keysCalled,
  keysOfEvents,
  keyThatPlaced,
  newestKeys,
} from './sql/keys-of-order.js';

/** Where an order's events lie in Kafka, and whether the service that they are for has got past them. */
interface WayRecord extends TopicRecord {
  readonly taken: boolean;
}

export interface WayView {
  readonly orderKeys: readonly KeyRow[];
  readonly orderInbox: readonly KeyRow[];
  readonly inventoryInbox: readonly KeyRow[];
  readonly orderOutbox: readonly OutboxRow[];
  readonly inventoryOutbox: readonly OutboxRow[];
  readonly movements: readonly MovementRow[];
  /** Null where there is no such order. */
  readonly order: OrderRow | null;
  readonly records: readonly WayRecord[];
}

const purchaseScopes = ['semel.purchase.placed.v1', 'semel.purchase.cancelled.v1'].map(
  (type) => `consumer:inventory.purchases/${type}`,
);
const reservationScopes = [
  'semel.stock.reserved.v1',
  'semel.stock.rejected.v1',
  'semel.stock.released.v1',
].map((type) => `consumer:order.reservations/${type}`);

/** Every trace that an order has left: in both databases, and in both topics. */
export async function wayOf(
  orderId: string,
  { order, inventory }: Databases,
  tap: TopicTap,
): Promise<WayView> {
  // First: whatever a consumer has got past is in the databases by then.
  const committed = await tap.committed();
  const [orderKeys, orderInbox, inventoryInbox, orderOutbox, inventoryOutbox, movements, [found]] =
    await Promise.all([
      order.query(keyThatPlaced(orderId)),
      order.query(keysOfEvents(orderId, reservationScopes)),
      inventory.query(keysOfEvents(orderId, purchaseScopes)),
      order.query(eventsOfOrder(orderId)),
      inventory.query(eventsOfOrder(orderId)),
      inventory.query(movementsOfOrder(orderId)),
      order.query(orderCalled(orderId)),
    ]);
  const records = tap.recordsOf(orderId).map((record) => {
    const next = committed.get(`${record.topic}/${record.partition}`);
    return { ...record, taken: next !== undefined && BigInt(next) > BigInt(record.offset) };
  });
  return {
    orderKeys,
    orderInbox,
    inventoryInbox,
    orderOutbox,
    inventoryOutbox,
    movements,
    order: found ?? null,
    records,
  };
}

export interface TableView {
  readonly rows: readonly KeyRow[];
  /** Operations that run at this moment. */
  readonly received: number;
}

const shownRows = 10;

/** The newest rows of both idempotency tables. */
export async function newestRows(databases: Databases): Promise<Record<ServiceName, TableView>> {
  const table = async (service: ServiceName): Promise<TableView> => {
    const [rows, [locks]] = await Promise.all([
      databases[service].query(newestKeys(shownRows)),
      databases[service].query(countReceived()),
    ]);
    return { rows, received: locks?.received ?? 0 };
  };
  const [order, inventory] = await Promise.all([table('order'), table('inventory')]);
  return { order, inventory };
}

/** Whoever's key it is, and whatever event: what both tables know of it. */
export async function rowsOfKey(
  key: string,
  { order, inventory }: Databases,
): Promise<Record<ServiceName, readonly KeyRow[]>> {
  const [ofOrder, ofInventory] = await Promise.all([
    order.query(keysCalled(key, shownRows)),
    inventory.query(keysCalled(key, shownRows)),
  ]);
  return { order: ofOrder, inventory: ofInventory };
}
