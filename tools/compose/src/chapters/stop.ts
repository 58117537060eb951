import type { Container } from '../project/container.js';
import type { Trial } from './chapter.js';

/** Everything is stopped while customers order, keeps its data, and is brought up again. */
export async function stop({ project, report }: Trial): Promise<void> {
  report.begin('Stop, and up again');
  const before = (await project.containers()).filter(({ status }) => status === 'running');
  const since = performance.now();
  await project.compose('stop');
  const all = await project.containers();
  report.note(`stopped in ${((performance.now() - since) / 1_000).toFixed(1)} s`);
  for (const { id } of before) {
    const after = all.find((one) => one.id === id);
    if (after === undefined) throw new Error(`Container ${id} has gone.`);
    report.holds(endedWell(after), `${after.service} ended with ${after.exitCode}, in time`, after.status);
  }
  const { compose } = project.engine;
  await project.compose('up', '--detach', ...(compose.waits ? ['--wait'] : []));
  await project.until('everything is healthy again', (containers) =>
    containers.every(({ status, health }) =>
      status === 'running' ? health === 'healthy' : status === 'exited',
    ),
  );
  report.holds(true, 'up and healthy again');
}

/** A JVM that was asked to end says so: 128 + SIGTERM. Whoever took longer than the grace period was killed: 128 + SIGKILL. */
function endedWell({ service, status, exitCode }: Container): boolean {
  return status === 'exited' && (exitCode === 0 || (service === 'kafka' && exitCode === 143));
}
