import type { SchemaStep } from './schema-step.js';

export const sealAnswers: SchemaStep = {
  name: 'SealAnswers1764000000002',
  // Nullable and without a default: existing answers lie open, and the table is not rewritten.
  statements: ['ALTER TABLE idempotency_key ADD COLUMN response_seal text'],
};
