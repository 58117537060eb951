import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const quint = join(here, 'quint', 'node_modules', '@informalsystems', 'quint', 'dist', 'src', 'cli.js');

/**
 * Simulates by `quint run`.
 *
 * @returns all that it said; a violation is no error
 * @throws Error when the simulator is not installed
 */
export async function runQuint(args: readonly string[]): Promise<string> {
  if (!existsSync(quint))
    throw new Error('The simulator is not installed: run npm ci in spec/quint, or npm test.');
  // A file, not a pipe: the simulator exits before a pipe has taken all that it says.
  const folder = await mkdtemp(join(tmpdir(), 'semel-spec-'));
  try {
    const log = await open(join(folder, 'log'), 'w+');
    const command = [quint, 'run', '--backend=typescript', ...args];
    await once(spawn(process.execPath, command, { stdio: ['ignore', log.fd, log.fd] }), 'exit');
    await log.close();
    return await readFile(join(folder, 'log'), 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}
