import type { SchemaStep } from './schema-step.js';

export const leaseKeys: SchemaStep = {
  name: 'LeaseKeys1764000000003',
  statements: [
    // One sequence for all keys: a fence is never given out twice, not even when a key is forgotten and used anew.
    'CREATE SEQUENCE idempotency_fence AS bigint',
    // Nullable and without a default: keys that were never leased stay as they are, and the table is not rewritten.
    `ALTER TABLE idempotency_key
       ADD COLUMN operation_id bigint,
       ADD COLUMN owner text,
       ADD COLUMN fence bigint,
       ADD COLUMN leased_until timestamptz`,
    // Found by operation and not by key, and without a foreign key: what a key did before it was forgotten is never
    // taken for what it does now, and idempotency_key can still be truncated. The sweeper removes what is nobody's.
    `CREATE TABLE idempotency_step (
       operation_id bigint NOT NULL,
       name text COLLATE "C" NOT NULL,
       fence bigint NOT NULL,
       recorded_at timestamptz NOT NULL,
       result bytea NOT NULL,
       result_seal text,
       PRIMARY KEY (operation_id, name)
     )`,
    // For the sweeper alone; keys that were never leased are not in it.
    `CREATE INDEX idempotency_key_operation_id ON idempotency_key (operation_id) WHERE operation_id IS NOT NULL`,
  ],
};
