import type { MigrationInterface } from 'typeorm';
import { CreateParkedMessage1764000000301 } from './0001-create-parked-message.js';
import { CreateParkingEntry1764000000302 } from './0002-create-parking-entry.js';

/** For the `migrations` of the service's own TypeORM DataSource, in order. */
export const parkingMigrations: (new () => MigrationInterface)[] = [
  CreateParkedMessage1764000000301,
  CreateParkingEntry1764000000302,
];
