import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { PlatformError } from '../platform-error.js';
import { type PostgresServer, startPostgres } from './postgres-server.js';
import { requireReachable, unprivilegedUser } from './unprivileged-user.js';

let folder: string;
let dataDirectory: string;
const running = new Set<PostgresServer>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semel-postgres-'));
  await chmod(folder, 0o755);
  dataDirectory = join(folder, 'data');
});

afterEach(async () => {
  for (const server of running) await server.stop();
  running.clear();
  await rm(folder, { recursive: true, force: true });
});

const start = async (options: { password?: string; port?: number } = {}) => {
  const server = await startPostgres({ dataDirectory, logFile: join(folder, 'log'), ...options });
  running.add(server);
  return server;
};

const query = async (url: string, text: string) => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

it('keeps what was committed through a kill -9 and comes back on the same port', async () => {
  const first = await start();
  await query(first.url('postgres'), 'CREATE TABLE kept AS SELECT 42 AS answer');
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  expect(await readdir(dataDirectory)).toContain('postmaster.pid');
  const second = await start({ port: first.port });
  expect(second.port).toBe(first.port);
  expect(await query(second.url('postgres'), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

it('starts although postmaster.pid names a process that is alive and no PostgreSQL', async () => {
  const first = await start();
  await first.stop();
  // Of the same user: PostgreSQL itself passes over a pid that it may not signal.
  const user = await unprivilegedUser();
  const other = spawn('sleep', ['600'], user && { uid: user.uid, gid: user.gid });
  await once(other, 'spawn');
  await writeFile(
    join(dataDirectory, 'postmaster.pid'),
    `${other.pid}\n${dataDirectory}\n1\n5432\n\n127.0.0.1\n`,
  );
  const second = await start();
  expect(await query(second.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(other.exitCode ?? other.signalCode).toBeNull();
  other.kill('SIGKILL');
});

it('ends a server that was left running on its data directory before it starts its own', async () => {
  const left = await start();
  const second = await start();
  expect(await left.exited).toEqual({ code: 0, signal: null });
  expect(await query(second.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('takes a data directory that an interrupted start left half made for none', async () => {
  await mkdir(dataDirectory);
  await writeFile(join(dataDirectory, 'postgresql.conf'), 'half a file');
  const server = await start();
  expect(await query(server.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('lets nobody in without the password where one is set, and says so when it is another one', async () => {
  const first = await start({ password: 'once' });
  await expect(query(`postgres://postgres@127.0.0.1:${first.port}/postgres`, 'SELECT 1')).rejects.toThrow(
    'password',
  );
  await first.stop();
  await expect(start({ password: 'another' })).rejects.toMatchObject({ code: 'postgres-password' });
});

it('commits as durably as PostgreSQL is shipped', async () => {
  const server = await start();
  expect(
    await query(
      server.url('postgres'),
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit`,
    ),
  ).toEqual([{ fsync: 'on', commit: 'on' }]);
});

it('names the version and the cure when the data are of another PostgreSQL', async () => {
  await (await start()).stop();
  await writeFile(join(dataDirectory, 'PG_VERSION'), '12\n');
  await expect(start()).rejects.toThrow(/written by PostgreSQL 12.*--fresh/);
});

it('names the folder that keeps the unprivileged user out', async () => {
  const closed = join(folder, 'closed');
  await mkdir(join(closed, 'clone'), { recursive: true });
  await writeFile(join(closed, 'clone', 'postgres'), '', { mode: 0o755 });
  await chmod(closed, 0o700);
  const user = await unprivilegedUser();
  const attempt = requireReachable(user, join(closed, 'clone', 'postgres'));
  if (user === undefined) return expect(attempt).resolves.toBeUndefined();
  await expect(attempt).rejects.toThrow(PlatformError);
  await expect(requireReachable(user, join(closed, 'clone', 'postgres'))).rejects.toThrow(
    `can't enter ${closed}:`,
  );
  expect(await readFile(join(closed, 'clone', 'postgres'), 'utf8')).toBe('');
});
