import {
  authVariables,
  databaseVariables,
  idempotencyVariables,
  kafkaVariables,
  serviceVariables,
} from '@semel/service';
import { z } from 'zod';

/** Everything that Inventory is configured by. */
export const environment = z.object({
  ...serviceVariables(3002),
  ...authVariables,
  ...databaseVariables,
  ...idempotencyVariables,
  ...kafkaVariables,
});
export type Config = z.output<typeof environment>;
