import { z } from 'zod';

/** A row of an idempotency table, without the stored answer. */
export const KeyRow = z.object({
  scope: z.string(),
  key: z.string(),
  status: z.string(),
  method: z.string().nullable(),
  path: z.string().nullable(),
  createdAt: z.string(),
  processedAt: z.string().nullable(),
  expiresAt: z.string(),
  responseStatus: z.int().nullable(),
});
export type KeyRow = z.infer<typeof KeyRow>;

export const FoundRows = z.object({ order: z.array(KeyRow), inventory: z.array(KeyRow) });

const Table = z.object({ rows: z.array(KeyRow), received: z.int() });
export const NewestRows = z.object({ order: Table, inventory: Table });
export type NewestRows = z.infer<typeof NewestRows>;
