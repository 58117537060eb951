import type { MigrationInterface } from 'typeorm';
import { CreateOutbox1764000000010 } from './0001-create-outbox.js';
import { RememberReplays1764000000011 } from './0002-remember-replays.js';

/** For the `migrations` of the service's own TypeORM DataSource, in order. */
export const outboxMigrations: (new () => MigrationInterface)[] = [
  CreateOutbox1764000000010,
  RememberReplays1764000000011,
];
