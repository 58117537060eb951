import type { Compose } from './engine.js';
import { outputOf, type Words } from './run.js';

const candidates: readonly Words[] = [['docker', 'compose'], ['docker-compose']];

/** Docker's compose, as a plugin or alone, of version 1.29 or later; undefined where there is none. */
export async function findCompose(env: NodeJS.ProcessEnv): Promise<Compose | undefined> {
  for (const words of candidates) {
    const said = await outputOf(words, ['version', '--short'], env).catch(() => '');
    const version = /\d+\.\d+\.\d+/.exec(said)?.[0];
    if (version === undefined) continue;
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major > 1 || minor >= 29) return { words, version, waits: major > 1 };
  }
  return undefined;
}
