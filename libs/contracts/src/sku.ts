import { z } from 'zod';

/** A stock keeping unit: 1 to 64 of `A-Z a-z 0-9 . _ -`; case matters. */
export const Sku = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, {
  error: 'must be 1 to 64 letters, digits, dots, underscores or hyphens',
});
export type Sku = z.infer<typeof Sku>;
