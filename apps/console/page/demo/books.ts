import { z } from 'zod';

const Invariant = z.object({
  name: z.string(),
  equation: z.string(),
  explanation: z.string(),
  holds: z.boolean(),
  offenders: z.array(z.string()),
});

/** Both databases' books, as the stack reads and judges them. */
export const Books = z.object({
  invariants: z.array(Invariant),
  waitingEvents: z.int(),
  /** Minor units that the storm's stopped repeats would have been charged once more. */
  saved: z.int(),
});
export type Books = z.infer<typeof Books>;
