import { PlatformError, type Progress } from '@semel/platform';
import type { Engine } from './engine.js';
import { findCompose } from './find-compose.js';
import { startPodman } from './podman.js';
import { outputOf } from './run.js';

/**
 * Docker, where an engine with compose answers; else podman with a store of its own below `home`.
 * @throws PlatformError `no-engine` with the one sentence that says what is lacking
 */
export async function findEngine(home: string, progress: Progress): Promise<Engine> {
  const { env } = process;
  const compose = await findCompose(env);
  if (compose === undefined)
    throw new PlatformError(
      'The compose stack needs Docker with its compose plugin, or podman with docker compose or docker-compose 1.29: here is no compose.',
      { code: 'no-engine' },
    );
  const docker = await outputOf(['docker'], ['info', '--format', '{{.ServerVersion}}'], env).catch(() => '');
  if (docker.trim() !== '')
    return {
      title: `Docker ${docker.trim()} with compose ${compose.version}`,
      words: ['docker'],
      compose,
      env,
      isPrivate: false,
      needsPulse: false,
      end: async () => {},
    };
  const podman = await outputOf(['podman'], ['--version'], env).catch(() => undefined);
  if (podman === undefined)
    throw new PlatformError(
      'The compose stack needs a Docker engine that answers, or podman: Docker does not answer here, and there is no podman.',
      { code: 'no-engine' },
    );
  if (process.getuid?.() !== 0)
    throw new PlatformError(
      'No Docker engine answers, and with podman the compose stack needs root, for memory limits and for its own store of images: run it as root.',
      { code: 'no-engine' },
    );
  return startPodman({ home, compose, version: /\d[\d.]*/.exec(podman)?.[0] ?? '', progress });
}
