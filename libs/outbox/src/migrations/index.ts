import type { MigrationInterface } from 'typeorm';
import { CreateOutbox1764000000010 } from './0001-create-outbox.js';

/** For the `migrations` of the service's own TypeORM DataSource, in order. */
export const outboxMigrations: (new () => MigrationInterface)[] = [CreateOutbox1764000000010];
