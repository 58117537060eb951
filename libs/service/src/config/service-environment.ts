import { z } from 'zod';
import {
  authVariables,
  databaseVariables,
  idempotencyVariables,
  kafkaVariables,
  serviceVariables,
} from './variables.js';

/** Everything that a service with a database and a consumer of its own is configured by. */
export function serviceEnvironment(defaultPort: number) {
  return z.object({
    ...serviceVariables(defaultPort),
    ...authVariables,
    ...databaseVariables,
    ...kafkaVariables,
    ...idempotencyVariables,
  });
}
