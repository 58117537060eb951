import { z } from 'zod';

/** An amount in integer minor units (cents) of an ISO 4217 currency. */
export const Money = z.object({ amount: z.int().min(0), currency: z.string().regex(/^[A-Z]{3}$/) });
export type Money = z.infer<typeof Money>;
