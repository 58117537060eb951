import type { Project } from './project.js';

/** What docker-compose.yml gives ours, as the engine's own words. */
const confinement = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges', '--tmpfs=/tmp'];

/**
 * Starts another container of a service beside the first: of the same image, network, volumes and environment, with a name and a
 * port of its own. Not by `compose up --scale`, for two containers can't publish the same port; nor by `compose run`, for podman
 * refuses the links by which compose 1.29 does that.
 */
export async function startSecond(
  project: Project,
  service: string,
  { port, publishedPort }: { readonly port: number; readonly publishedPort: number },
): Promise<void> {
  const first = await project.one(service);
  const labels = { project: project.name, service, oneoff: 'True' };
  await project.engineCommand(
    'run',
    '--detach',
    ...confinement,
    ...Object.entries(labels).map(([name, value]) => `--label=com.docker.compose.${name}=${value}`),
    ...first.networks.map((network) => `--network=${network}`),
    `--volumes-from=${first.id}`,
    ...first.environment.map((variable) => `--env=${variable}`),
    `--env=SERVICE_INSTANCE=${service}-2`,
    `--publish=127.0.0.1:${publishedPort}:${port}`,
    first.imageId,
    ...first.command,
  );
}
