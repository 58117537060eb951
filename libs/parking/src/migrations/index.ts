import type { MigrationInterface } from 'typeorm';
import { CreateParkingEntry1764000000302 } from './0002-create-parking-entry.js';

/** For the `migrations` of the service's own TypeORM DataSource, in order. */
export const parkingMigrations: (new () => MigrationInterface)[] = [CreateParkingEntry1764000000302];
