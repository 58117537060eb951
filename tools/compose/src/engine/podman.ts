import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PlatformError, type Progress, ServerProcess } from '@semel/platform';
import type { Compose, Engine } from './engine.js';
import { unmountBelow } from './mounts.js';
import { outputOf, succeeds, type Words } from './run.js';

interface PodmanOptions {
  /** Where images stay between runs. */
  readonly home: string;
  readonly compose: Compose;
  readonly version: string;
  readonly progress: Progress;
}

/**
 * podman with images, containers, networks and volumes of its own, that no other podman of this machine knows, and its service
 * that speaks Docker's API to compose.
 * @throws PlatformError `no-engine` where its service does not come up
 */
export async function startPodman({ home, compose, version, progress }: PodmanOptions): Promise<Engine> {
  progress('podman: starting its service');
  const folders = { store: join(home, 'store'), networks: join(home, 'networks') };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 });
  // Short, for a socket's path may have 108 bytes; and always the same, for podman keeps to the one that its store was made with.
  const run = `/run/semel-podman-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`;
  const env = { ...process.env, ...(await configure(home)) };
  const words: Words = [
    'podman',
    `--root=${folders.store}`,
    `--runroot=${join(run, 'run')}`,
    `--tmpdir=${join(run, 'tmp')}`,
    `--network-config-dir=${folders.networks}`,
  ];
  const clean = async () => {
    // Whoever was killed has left containers that run on; without what is in this folder podman would forget that they do.
    await succeeds(words, ['rm', '--all', '--force', '--volumes', '--time=5'], env);
    // Those of a build that was killed are listed apart.
    const ofBuilds = await outputOf(words, ['ps', '--all', '--external', '--quiet'], env).catch(() => '');
    for (const id of ofBuilds.split('\n').filter((line) => line !== ''))
      await succeeds(words, ['rm', '--force', id], env);
    // Stages of a build, which bear no name.
    await succeeds(words, ['image', 'prune', '--force'], env);
    for (const folder of [run, folders.store]) await unmountBelow(folder);
    await rm(run, { recursive: true, force: true });
  };
  await clean();
  await mkdir(run, { mode: 0o700 });
  const socket = join(run, 'podman.sock');
  const [command, ...before] = words;
  const service = await ServerProcess.spawn({
    command,
    args: [...before, 'system', 'service', '--time=0', `unix://${socket}`],
    env,
    logFile: join(home, 'podman.log'),
    stopSignal: 'TERM',
    patienceSeconds: 10,
  });
  await untilListening(socket, service);
  return {
    title: `podman ${version} with compose ${compose.version}`,
    words,
    compose,
    // Builds go through the engine's own builder: podman's service knows no BuildKit.
    env: { ...env, DOCKER_HOST: `unix://${socket}`, DOCKER_BUILDKIT: '0', COMPOSE_DOCKER_CLI_BUILD: '0' },
    isPrivate: true,
    needsPulse: !existsSync('/run/systemd/system'),
    end: async () => {
      await service.stop();
      await clean();
    },
  };
}

/** Settings of containers.conf and registries.conf by which podman runs also where its defaults are refused. */
async function configure(folder: string): Promise<NodeJS.ProcessEnv> {
  const containers = join(folder, 'containers.conf');
  const registries = join(folder, 'registries.conf');
  // Its defaults ask for more open files than a container of ours may have here; crun refuses mixed versions of cgroups.
  const runtime = (await succeeds(['runc'], ['--version'], process.env)) ? 'runtime = "runc"\n' : '';
  await writeFile(
    containers,
    '[containers]\ndefault_ulimits = ["nofile=10000:10000", "nproc=20000:20000"]\n' +
      `[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n${runtime}`,
  );
  await writeFile(
    registries,
    'unqualified-search-registries = ["docker.io"]\nshort-name-mode = "disabled"\n',
  );
  return { CONTAINERS_CONF: containers, CONTAINERS_REGISTRIES_CONF: registries };
}

async function untilListening(socket: string, service: ServerProcess): Promise<void> {
  for (let looks = 0; looks < 100 && !service.hasExited; looks += 1) {
    if (existsSync(socket)) return;
    await delay(100);
  }
  await service.stop();
  throw new PlatformError(
    `podman's service did not start: ${service.lastLines.at(-1) ?? 'it said nothing'}`,
    {
      code: 'no-engine',
    },
  );
}
