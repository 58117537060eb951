import { serviceEnvironment, variable } from '@semel/service';
import { z } from 'zod';

/** What a consuming baseline reads besides what every service reads. */
export const consumerEnvironment = serviceEnvironment(0).extend({
  TOPIC: variable(z.string(), { cure: 'the topic to consume' }),
});
