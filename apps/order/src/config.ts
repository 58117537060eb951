import { serviceEnvironment, variable, wholeNumber } from '@semel/service';
import type { z } from 'zod';

/** What Order reads of its environment. */
export const environment = serviceEnvironment(3001).extend({
  PLACED_ORDER_WARNING_SECONDS: variable(wholeNumber(1, 31_536_000).default(300), {
    cure: 'the seconds after which an order that Inventory has not answered is warned of, 1 to 31536000',
  }),
});

export type Config = z.output<typeof environment>;
