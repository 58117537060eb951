import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformError, type Progress } from '@semel/platform';
import type { Engine } from '../engine/engine.js';
import { runLong, succeeds } from '../engine/run.js';

/** The image that every stand-in is built from. */
const debian = 'localhost/semel-stand-in/debian';

const release = 'bookworm';
const authorities = 'etc/ssl/certs/ca-certificates.crt';

/**
 * A small Debian from its mirror, as a container's root file system, that trusts the authorities that this machine trusts.
 * @throws PlatformError `debootstrap-missing`
 */
export async function makeDebian(engine: Engine, progress: Progress): Promise<void> {
  const { words, env } = engine;
  if (await succeeds(words, ['image', 'inspect', debian], env)) return;
  if (!(await succeeds(['debootstrap'], ['--version'], env)))
    throw new PlatformError(
      'No registry gives the images that docker-compose.yml names, and making stand-ins for them needs debootstrap: install it.',
      { code: 'debootstrap-missing' },
    );
  const folder = await mkdtemp(join(tmpdir(), 'semel-debian-'));
  try {
    const root = join(folder, 'root');
    progress(`Stand-in: Debian ${release} from its mirror`);
    const run = { env, cwd: folder, onLine: () => {} };
    await runLong(['debootstrap'], ['--variant=minbase', '--include=ca-certificates', release, root], run);
    await copyFile(`/${authorities}`, join(root, authorities)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await runLong(['tar'], ['-C', root, '-cf', join(folder, 'root.tar'), '.'], run);
    await runLong(words, ['import', join(folder, 'root.tar'), debian], run);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
