import type { TypeOrmMigration } from '../typeorm/shapes.js';
import { createIdempotencyKey } from './0001-create-idempotency-key.js';
import { sealAnswers } from './0002-seal-answers.js';
import { leaseKeys } from './0003-lease-keys.js';
import type { SchemaStep } from './schema-step.js';
import { typeOrmMigrationOf } from './typeorm-migration.js';

/** The tables as plain SQL, for whatever migrates your database; `migrateIdempotency` of `/pg` applies them itself. */
export const idempotencySchema: readonly SchemaStep[] = [createIdempotencyKey, sealAnswers, leaseKeys];

/** For the `migrations` of your own TypeORM DataSource, before your own ones. Forward only. */
export const idempotencyMigrations: (new () => TypeOrmMigration)[] =
  idempotencySchema.map(typeOrmMigrationOf);
