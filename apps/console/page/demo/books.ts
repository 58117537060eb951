import { z } from 'zod';
import { Storm } from './stack-state.js';

/** Both databases' books, as the stack reads them. */
export const Books = z.object({
  at: z.number(),
  keys: z.object({
    keys: z.int(),
    orders: z.int(),
    forgotten: z.int(),
    offenders: z.array(z.string()),
  }),
  orders: z.object({
    total: z.int(),
    placed: z.int(),
    confirmed: z.int(),
    rejected: z.int(),
    cancelled: z.int(),
    waitingEvents: z.int(),
  }),
  reservations: z.object({
    total: z.int(),
    reserved: z.int(),
    rejected: z.int(),
    released: z.int(),
    waitingEvents: z.int(),
  }),
  open: z.int(),
  contradictions: z.array(z.string()),
  lost: z.array(z.string()),
  stock: z.object({
    initial: z.coerce.number(),
    available: z.coerce.number(),
    reserved: z.coerce.number(),
    held: z.coerce.number(),
    offenders: z.array(z.string()),
  }),
  storm: Storm,
});
export type Books = z.infer<typeof Books>;
