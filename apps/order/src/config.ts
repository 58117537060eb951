import { serviceEnvironment } from '@semel/service';
import type { z } from 'zod';

/** What Order reads of its environment. */
export const environment = serviceEnvironment(3001);

export type Config = z.output<typeof environment>;
