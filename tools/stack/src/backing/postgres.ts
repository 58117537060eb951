import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError, type PostgresServer, preparePostgres, startPostgres } from '@semel/platform';
import { describe } from '../supervision/service.js';
import type { Surroundings } from '../surroundings.js';
import { type DatabaseUrls, emptyDatabase, provision } from './provision.js';
import { firstWay } from './three-ways.js';

/** PostgreSQL from the environment, else embedded, else from docker compose, with a database for each service. */
export async function findPostgres(surroundings: Surroundings): Promise<DatabaseUrls> {
  const given = urlsFrom(surroundings.env);
  if (given !== undefined) return fromEnvironment(given, surroundings);
  return firstWay({
    what: 'PostgreSQL',
    variables: 'ORDER_DATABASE_URL and INVENTORY_DATABASE_URL',
    embedded: () => embedded(surroundings),
    compose: () => fromCompose(surroundings),
    say: surroundings.say,
  });
}

function urlsFrom(env: NodeJS.ProcessEnv): DatabaseUrls | undefined {
  const [order, inventory] = [env.ORDER_DATABASE_URL ?? '', env.INVENTORY_DATABASE_URL ?? ''];
  if (order === '' && inventory === '') return undefined;
  if (order !== '' && inventory !== '') return { order, inventory };
  const [set, unset] = order === '' ? ['INVENTORY', 'ORDER'] : ['ORDER', 'INVENTORY'];
  throw new PlatformError(
    `${set}_DATABASE_URL is set and ${unset}_DATABASE_URL is not: each service has a database of its own, so set both or neither.`,
    { code: 'half-configured' },
  );
}

async function fromEnvironment(
  urls: DatabaseUrls,
  { fresh, say, show }: Surroundings,
): Promise<DatabaseUrls> {
  if (fresh) {
    for (const url of Object.values(urls)) {
      const schema = await emptyDatabase(url);
      say(`PostgreSQL: emptied the schema ${schema} of ${new URL(url).pathname.slice(1)}, as --fresh asks.`);
    }
  }
  show({
    name: 'postgres',
    pid: undefined,
    port: Number(new URL(urls.order).port || 5432),
    state: 'external',
  });
  return urls;
}

async function embedded(surroundings: Surroundings): Promise<DatabaseUrls> {
  const { folders, passwords, fresh, progress, supervise } = surroundings;
  await preparePostgres();
  if (fresh) await rm(folders.postgres, { recursive: true, force: true });
  let server: PostgresServer | undefined;
  const supervised = supervise(
    'postgres',
    async ({ signal, onSpawn }) => {
      const started = await startPostgres({
        dataDirectory: folders.postgres,
        logFile: join(folders.logs, 'postgres.log'),
        password: passwords.superuser,
        // The services know the port: a restart has to come back there.
        ...(server !== undefined && { port: server.port }),
        settings: { max_connections: '200', shared_buffers: '64MB' },
        onProgress: progress,
        onSpawn,
        signal,
      });
      server = started;
      return { pid: started.pid, exited: started.exited.then(describe), stop: () => started.stop() };
    },
    1,
  );
  await supervised.start();
  if (server === undefined)
    throw new PlatformError('PostgreSQL was stopped before it was ready.', { code: 'stopped' });
  return provision(server.url('postgres'), passwords, false);
}

async function fromCompose({
  compose,
  passwords,
  fresh,
  progress,
  show,
}: Surroundings): Promise<DatabaseUrls> {
  const engine = await compose();
  const port = engine.ports.postgres;
  show({ name: 'postgres', pid: undefined, port, state: 'external' }, () => engine.stop('postgres'));
  await engine.up('postgres', progress);
  return provision(`postgres://postgres:${passwords.superuser}@127.0.0.1:${port}/postgres`, passwords, fresh);
}
