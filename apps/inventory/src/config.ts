import { serviceEnvironment } from '@semel/service';
import type { z } from 'zod';

/** Everything that Inventory is configured by. */
export const environment = serviceEnvironment(3002);

export type Config = z.output<typeof environment>;
