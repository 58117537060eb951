import { chown, lstat, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { diskFull, PlatformError, tellsOfFullDisk } from '../platform-error.js';
import { runToEnd } from '../run-to-end.js';
import type { PostgresBinaries } from './binaries.js';
import type { SystemUser } from './unprivileged-user.js';

export interface DataDirectoryOptions {
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  readonly user: SystemUser | undefined;
  /** The superuser's password; without one everybody on this machine may connect from 127.0.0.1. */
  readonly password?: string | undefined;
}

/**
 * Makes the data directory where there is none yet. It grows under another name and is renamed when it is whole, so an
 * initdb that was interrupted leaves nothing that a later start could mistake for a database.
 * @throws PlatformError `disk-full`, `initdb-failed`, `postgres-version`
 */
export async function ensureDataDirectory(options: DataDirectoryOptions): Promise<'made' | 'found'> {
  const { folder, user } = options;
  if (await exists(join(folder, 'PG_VERSION'))) {
    await requireSameVersion(options);
    return 'found';
  }
  await mkdir(dirname(folder), { recursive: true, mode: 0o755 });
  const nursery = await mkdtemp(join(dirname(folder), `${basename(folder)}.making-`));
  try {
    if (user !== undefined) await chown(nursery, user.uid, user.gid);
    const data = join(nursery, 'data');
    await initdb(options, nursery, data);
    // An empty or half-made folder of an interrupted start stands in the way of the rename.
    await rm(folder, { recursive: true, force: true });
    await rename(data, folder);
  } finally {
    await rm(nursery, { recursive: true, force: true });
  }
  return 'made';
}

async function initdb(options: DataDirectoryOptions, nursery: string, data: string): Promise<void> {
  const args = [
    `--pgdata=${data}`,
    '--username=postgres',
    '--encoding=UTF8',
    // The same order of text on every machine, whatever locales it has.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--auth-local=reject',
    '--no-instructions',
  ];
  if (options.password === undefined) {
    args.push('--auth-host=trust');
  } else {
    const file = join(nursery, 'password');
    await writeFile(file, `${options.password}\n`, { mode: 0o600 });
    if (options.user !== undefined) await chown(file, options.user.uid, options.user.gid);
    args.push('--auth-host=scram-sha-256', `--pwfile=${file}`);
  }
  const { code, output, startError } = await runToEnd(options.binaries.initdb, args, {
    user: options.user,
    cwd: nursery,
    onLeash: true,
  });
  if (code === 0) return;
  if (tellsOfFullDisk(output)) throw diskFull(dirname(options.folder), output);
  const said = startError?.message ?? output.trim().split('\n').slice(-3).join(' ');
  throw new PlatformError(`PostgreSQL could not make its data directory ${options.folder}: ${said}`, {
    code: 'initdb-failed',
    cause: startError ?? output,
  });
}

async function requireSameVersion({ folder, binaries, user }: DataDirectoryOptions): Promise<void> {
  const ours = /\b(\d+)\./.exec(
    (await runToEnd(binaries.postgres, ['--version'], { user, cwd: '/' })).output,
  )?.[1];
  const theirs = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (ours !== undefined && ours !== theirs) {
    throw new PlatformError(
      `The data in ${folder} was written by PostgreSQL ${theirs}, and this is PostgreSQL ${ours}: start from empty data with --fresh.`,
      { code: 'postgres-version' },
    );
  }
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
