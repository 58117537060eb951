import { build } from '../project/build.js';
import type { Trial } from './chapter.js';

const seconds = (since: number) => `${((performance.now() - since) / 1_000).toFixed(1)} s`;
const jobs = ['inventory-migrations', 'keys', 'order-migrations', 'topics'];

/** `docker compose up --wait`: images from the lockfile, jobs that end, services that become healthy. */
export async function up({ project, report }: Trial): Promise<void> {
  const { compose } = project.engine;
  report.begin('Up');
  let since = performance.now();
  await build(project);
  report.note(`built in ${seconds(since)}`);
  since = performance.now();
  await project.compose('up', '--detach', ...(compose.waits ? ['--wait'] : []));
  const containers = await project.until('everything is healthy', (all) =>
    all.every(({ status, health, exitCode }) =>
      status === 'running' ? health === 'healthy' : status === 'exited' && exitCode === 0,
    ),
  );
  report.note(`up and healthy in ${seconds(since)}`);
  const running = containers.filter(({ status }) => status === 'running').map(({ service }) => service);
  const ended = containers.filter(({ status }) => status === 'exited').map(({ service }) => service);
  report.holds(
    running.sort().join() === 'console,inventory,kafka,order,postgres',
    `healthy: ${running.join(', ')}`,
  );
  report.holds(ended.sort().join() === jobs.join(), `ended with 0: ${ended.join(', ')}`);
}
