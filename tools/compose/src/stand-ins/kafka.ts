import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { kafkaVersion, type Progress, prepareKafka } from '@semel/platform';
import type { StandIn } from './stand-in.js';

/** The Kafka that npm start runs, from Maven Central. */
export function kafkaStandIn(downloads: string, progress: Progress): StandIn {
  return {
    of: 'apache/kafka',
    ingredients: [kafkaVersion],
    gather: async (context) => {
      const { jars } = await prepareKafka(downloads, progress);
      await cp(jars, join(context, 'libs'), { recursive: true });
    },
  };
}
