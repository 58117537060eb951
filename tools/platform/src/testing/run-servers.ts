import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { startKafka } from '../kafka/kafka-server.js';
import { startPostgres } from '../postgres/postgres-server.js';
import { birthOf } from '../process-identity.js';
import type { Needs } from './selected-specs.js';
import { brokersVariable } from './test-brokers.js';
import { asSuperuser, postgresVariable, runPrefix, runVariable } from './test-database.js';

/** The servers of one run of the tests, and what has to be put away after it. */
export interface RunServers {
  stop(): Promise<void>;
}

/**
 * Starts what the run needs and the environment does not already give, on free ports, with data of its own below
 * `.semel/test/`, and tells the specs by environment variables.
 */
export async function startRunServers(root: string, needs: Needs): Promise<RunServers> {
  process.env[runVariable] ??= randomBytes(4).toString('hex');
  const folder = await runFolder(join(root, '.semel'));
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    await Promise.all(stops.map((end) => end()));
    await rm(folder, { recursive: true, force: true });
  };
  const onProgress = (line: string) => process.stderr.write(`${line}\n`);
  const logFile = (name: string) => join(folder, `${name}.log`);
  const starting: Promise<void>[] = [];
  if (needs.postgres && given(postgresVariable)) {
    stops.push(dropRunDatabases);
  } else if (needs.postgres) {
    starting.push(
      startPostgres({
        dataDirectory: join(folder, 'postgres'),
        logFile: logFile('postgres'),
        settings: { max_connections: '300' },
        onProgress: () => {},
      }).then((server) => {
        stops.push(() => server.stop());
        process.env[postgresVariable] = server.url('postgres');
      }),
    );
  }
  if (needs.kafka && !given(brokersVariable)) {
    starting.push(
      startKafka({
        logDirectory: join(folder, 'kafka', 'data'),
        logFile: logFile('kafka'),
        cache: join(root, '.semel', 'downloads'),
        heapMegabytes: 320,
        onProgress,
      }).then((server) => {
        stops.push(() => server.stop());
        process.env[brokersVariable] = server.brokers;
      }),
    );
  }
  const results = await Promise.allSettled(starting);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return { stop };
}

function given(variable: string): boolean {
  return (process.env[variable] ?? '') !== '';
}

/** A folder of this run's own; those of runs that were killed are swept away first. */
async function runFolder(home: string): Promise<string> {
  const all = join(home, 'test');
  await mkdir(all, { recursive: true, mode: 0o755 });
  for (const folder of [home, all]) await chmod(folder, 0o711);
  for (const name of await readdir(all)) {
    const [pid, birth] = name.split('-');
    if (birthMark(await birthOf(Number(pid))) !== birth)
      await rm(join(all, name), { recursive: true, force: true });
  }
  const folder = join(all, `${process.pid}-${birthMark(await birthOf(process.pid))}`);
  await mkdir(folder, { recursive: true, mode: 0o711 });
  await chmod(folder, 0o711);
  return folder;
}

function birthMark(birth: string | undefined): string | undefined {
  return birth?.replace(/^.*\//, '').replaceAll(/[^0-9A-Za-z]/g, '');
}

async function dropRunDatabases(): Promise<void> {
  await asSuperuser(async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [runPrefix()],
    );
    for (const { datname } of rows)
      await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(datname)} WITH (FORCE)`);
  });
}
