import { runLong } from '../engine/run.js';
import { readCompose } from './compose-file.js';
import type { Project } from './project.js';

/**
 * Builds what docker-compose.yml builds. Docker does it as compose says. podman's service is asked for no build, because it has no
 * BuildKit and would commit a layer for each line, once for each service: podman itself builds the same Dockerfile once, and the
 * image gets the names that compose looks for.
 */
export async function build(project: Project): Promise<void> {
  const { engine, root, progress, signal } = project;
  if (!engine.isPrivate) {
    await project.compose('build');
    return;
  }
  const tags = (await imagesBuilt(project)).flatMap((name) => ['--tag', name]);
  await runLong(engine.words, ['build', '--layers=false', '--format=docker', ...tags, '.'], {
    env: engine.env,
    cwd: root,
    onLine: (line) => progress(`podman build: ${line.trim()}`),
    signal,
  });
}

/** The names of the images of a project, as this compose spells them. */
async function imagesBuilt({ engine, root, name }: Project): Promise<string[]> {
  const { services } = await readCompose(root);
  const built = Object.entries(services).filter(([, service]) => service.build !== undefined);
  const separator = engine.compose.waits ? '-' : '_';
  return built.map(([service]) => `docker.io/library/${name}${separator}${service}`);
}
