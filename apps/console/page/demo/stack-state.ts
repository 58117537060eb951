import { z } from 'zod';

const StackProcess = z.object({
  name: z.string(),
  pid: z.int().nullable(),
  port: z.int().nullable(),
  state: z.string(),
  paused: z.boolean(),
  acts: z.array(z.enum(['kill', 'pause'])),
});
export type StackProcess = z.infer<typeof StackProcess>;

export const Storm = z.object({
  rate: z.number(),
  requests: z.int(),
  orders: z.int(),
  pending: z.int(),
  replayed: z.int(),
  inFlight: z.int(),
  lost: z.int(),
  failed: z.int(),
});
export type Storm = z.infer<typeof Storm>;

export const StackState = z.object({
  processes: z.array(StackProcess),
  repeat: z.object({ afterSeconds: z.number().nullable(), copies: z.int() }),
  heldForSeconds: z.number(),
  storm: Storm,
});
export type StackState = z.infer<typeof StackState>;
