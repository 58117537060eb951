import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { preparePostgres } from '@semel/platform';
import type { StandIn } from './stand-in.js';

/** PostgreSQL of the major release that docker-compose.yml names, as npm start embeds it. */
export function postgresStandIn(): StandIn {
  return {
    of: 'postgres',
    ingredients: ['embedded'],
    gather: async (context) => {
      const { binaries } = await preparePostgres();
      // Its libraries are links to one another.
      await cp(dirname(dirname(binaries.postgres)), join(context, 'native'), {
        recursive: true,
        verbatimSymlinks: true,
      });
    },
  };
}
