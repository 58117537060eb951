import { idempotencyMigrations } from '@semel/idempotency';
import { outboxMigrations } from '@semel/outbox';
import { parkingMigrations } from '@semel/parking';
import type { MigrationInterface } from 'typeorm';
import { CreateShop1764000000100 } from './0001-create-shop.js';
import { IndexPlacedOrders1764000000101 } from './0002-index-placed-orders.js';
import { LeavePlacedOrdersOut1764000000102 } from './0003-leave-placed-orders-out.js';

/** Every migration of Order's database, in the order in which they run. */
export const migrations: (new () => MigrationInterface)[] = [
  ...idempotencyMigrations,
  ...outboxMigrations,
  ...parkingMigrations,
  CreateShop1764000000100,
  IndexPlacedOrders1764000000101,
  LeavePlacedOrdersOut1764000000102,
];
