import type { SchemaStep } from './schema-step.js';

export const createIdempotencyKey: SchemaStep = {
  name: 'CreateIdempotencyKey1764000000001',
  statements: [
    // "C": keys are compared byte for byte, whatever the database's locale. Answers are bytes: jsonb refuses \u0000.
    `CREATE TABLE idempotency_key (
        scope text COLLATE "C" NOT NULL,
        key text COLLATE "C" NOT NULL,
        status text NOT NULL CHECK (status IN ('Received', 'Processed')),
        fingerprint text COLLATE "C" NOT NULL,
        method text,
        path text,
        created_at timestamptz NOT NULL,
        processed_at timestamptz,
        expires_at timestamptz NOT NULL,
        response_status smallint,
        response_headers text,
        response_body bytea,
        PRIMARY KEY (scope, key)
      )`,
    'CREATE INDEX idempotency_key_expires_at ON idempotency_key (expires_at)',
  ],
};
