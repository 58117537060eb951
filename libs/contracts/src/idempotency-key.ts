import { z } from 'zod';
import { Instant } from './instant.js';

/** Received: known, not finished. Processed: finished, its answer is stored. */
export const IdempotencyStatus = z.enum(['Received', 'Processed']);
export type IdempotencyStatus = z.infer<typeof IdempotencyStatus>;

/** What became of one of the caller's keys: `GET /idempotency-keys/{key}`. What isn't known while Received is null. */
export const IdempotencyKey = z.object({
  key: z.string(),
  status: IdempotencyStatus,
  method: z.string().nullable(),
  path: z.string().nullable(),
  createdAt: Instant.nullable(),
  processedAt: Instant.nullable(),
  expiresAt: Instant.nullable(),
  response: z.object({ status: z.int() }).nullable(),
});
export type IdempotencyKey = z.infer<typeof IdempotencyKey>;
