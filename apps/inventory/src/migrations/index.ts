import { idempotencyMigrations } from '@semel/idempotency';
import { outboxMigrations } from '@semel/outbox';
import { parkingMigrations } from '@semel/parking';
import type { MigrationInterface } from 'typeorm';
import { CreateStock1764000000201 } from './0001-create-stock.js';
import { CreateReservation1764000000202 } from './0002-create-reservation.js';

/** Everything that Inventory's database is made of. TypeORM runs them by the number in their names, forward only. */
export const migrations: (new () => MigrationInterface)[] = [
  ...idempotencyMigrations,
  ...outboxMigrations,
  ...parkingMigrations,
  CreateStock1764000000201,
  CreateReservation1764000000202,
];
