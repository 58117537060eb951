import {
  authVariables,
  databaseVariables,
  idempotencyVariables,
  kafkaVariables,
  serviceVariables,
} from '@semel/service';
import { z } from 'zod';

/** What Order reads of its environment. */
export const environment = z.object({
  ...serviceVariables(3001),
  ...authVariables,
  ...databaseVariables,
  ...kafkaVariables,
  ...idempotencyVariables,
});

export type Config = z.output<typeof environment>;
