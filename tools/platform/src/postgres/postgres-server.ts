import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../free-port.js';
import { diskFull, PlatformError, tellsOfFullDisk } from '../platform-error.js';
import { type Progress, silent } from '../progress.js';
import { type Exit, ServerProcess } from '../server-process.js';
import { findPostgresBinaries, type PostgresBinaries } from './binaries.js';
import { ensureDataDirectory } from './data-directory.js';
import { clearStaleLock } from './stale-lock.js';
import { requireReachable, type SystemUser, unprivilegedUser } from './unprivileged-user.js';

export interface PostgresOptions {
  readonly dataDirectory: string;
  readonly logFile: string;
  /** The superuser's password, set when the data directory is made; without one 127.0.0.1 is trusted. */
  readonly password?: string;
  /** This port and no other: clients know it already. */
  readonly port?: number;
  /** Taken where it is free; else one is picked. */
  readonly preferredPort?: number;
  /** Server settings, e.g. `{ max_connections: '200' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onProgress?: Progress;
  /** Told the pid before the server is ready. */
  readonly onSpawn?: (pid: number, port: number) => void;
  readonly signal?: AbortSignal;
}

export interface PostgresServer {
  readonly port: number;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** The superuser's URL of a database of this server. */
  url(database: string): string;
  stop(): Promise<Exit>;
}

/**
 * Starts the embedded PostgreSQL on 127.0.0.1 and waits until it answers; an unclean data directory recovers first.
 * Durability is as PostgreSQL ships it.
 * @throws PlatformError with a sentence for what this machine lacks
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { dataDirectory, onProgress = silent } = options;
  const { binaries, user } = await preparePostgres();
  const made = await ensureDataDirectory({
    folder: dataDirectory,
    binaries,
    user,
    password: options.password,
  });
  if (made === 'made') onProgress('PostgreSQL: made an empty data directory');
  await clearStaleLock(dataDirectory, (pid) =>
    onProgress(`PostgreSQL: ended a server that was left running (pid ${pid})`),
  );

  const deadline = Date.now() + 60_000;
  for (;;) {
    const port = options.port ?? (await freePort(options.preferredPort));
    const server = await ServerProcess.spawn({
      command: binaries.postgres,
      args: ['-D', dataDirectory, ...settingsOf(port, options.settings)],
      // The postmaster changes into its data directory; ours may be one that the user can't enter.
      cwd: '/',
      user,
      logFile: options.logFile,
      stopSignal: 'INT',
      patienceSeconds: 15,
    });
    options.onSpawn?.(server.pid, port);
    const url = (database: string) => urlOf(port, database, options.password);
    const abort = () => void server.stop();
    options.signal?.addEventListener('abort', abort);
    if (options.signal?.aborted) abort();
    try {
      if (await answers(server, url('postgres'))) {
        return { port, pid: server.pid, exited: server.exited, url, stop: () => server.stop() };
      }
    } finally {
      options.signal?.removeEventListener('abort', abort);
    }
    const said = server.lastLines.join('\n');
    if (options.signal?.aborted || Date.now() > deadline || !passes(said))
      throw explain(dataDirectory, server);
    await delay(200);
  }
}

/**
 * Finds what startPostgres needs, without starting anything.
 * @throws PlatformError where this machine can't run the embedded PostgreSQL
 */
export async function preparePostgres(): Promise<{
  binaries: PostgresBinaries;
  user: SystemUser | undefined;
}> {
  const [binaries, user] = await Promise.all([findPostgresBinaries(), unprivilegedUser()]);
  await requireReachable(user, binaries.postgres);
  return { binaries, user };
}

function settingsOf(port: number, settings: Readonly<Record<string, string>> = {}): string[] {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    log_timezone: 'UTC',
    timezone: 'UTC',
    ...settings,
    port: String(port),
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The port was taken between our look and its bind, or backends of a killed postmaster are still on their way out. */
function passes(said: string): boolean {
  return /could not bind|could not create any TCP\/IP sockets|shared memory block .* is still in use|lock file "postmaster\.pid" already exists/.test(
    said,
  );
}

/** True once it answers, false when it ended before that. */
async function answers(server: ServerProcess, connectionString: string): Promise<boolean> {
  while (!server.hasExited) {
    const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('SELECT 1');
      return true;
    } catch (error) {
      // A wrong password will not get better.
      if ((error as { code?: string }).code?.startsWith('28')) {
        await server.stop();
        throw new PlatformError(`PostgreSQL refused its own superuser: ${(error as Error).message}.`, {
          code: 'postgres-password',
          cause: error,
        });
      }
      await delay(50);
    } finally {
      await client.end().catch(() => {});
    }
  }
  return false;
}

function explain(dataDirectory: string, server: ServerProcess): PlatformError {
  const said = server.lastLines.filter((line) => /FATAL|PANIC|ERROR|HINT/.test(line));
  if (tellsOfFullDisk(server.lastLines.join('\n'))) return diskFull(dataDirectory, said.join('\n'));
  return new PlatformError(
    `PostgreSQL did not start on ${dataDirectory}: ${said.slice(-2).join(' ') || server.lastLines.slice(-2).join(' ') || 'it said nothing'}`,
    { code: 'postgres-start' },
  );
}

function urlOf(port: number, database: string, password: string | undefined): string {
  const credentials = password === undefined ? 'postgres' : `postgres:${encodeURIComponent(password)}`;
  return `postgres://${credentials}@127.0.0.1:${port}/${database}`;
}
