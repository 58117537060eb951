import type { MigrationInterface } from 'typeorm';
import { CreateIdempotencyKey1764000000001 } from './0001-create-idempotency-key.js';
import { SealAnswers1764000000002 } from './0002-seal-answers.js';

/** For the `migrations` of your own DataSource, before your own ones. Forward only. */
export const idempotencyMigrations: (new () => MigrationInterface)[] = [
  CreateIdempotencyKey1764000000001,
  SealAnswers1764000000002,
];
