import { readFile } from 'node:fs/promises';
import type { Container } from './container.js';
import type { Project } from './project.js';

/**
 * Kills a container's first process as a crash would, behind the engine's back where that runs on this machine: it has to come
 * back by the restart policy. Elsewhere the engine is told to, which takes that for somebody's wish, and is told to start it.
 * @returns whether the restart policy was put to the test
 */
export async function crash(project: Project, { id, pid }: Container): Promise<boolean> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  // Where the engine runs in a machine of its own, that pid is somebody else's here, or nobody's.
  if (groups.includes(id) && mayKill(pid)) {
    process.kill(pid, 'SIGKILL');
    return true;
  }
  await project.engineCommand('kill', id);
  await project.engineCommand('start', id);
  return false;
}

function mayKill(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's, where we are not root; or it has just ended by itself.
    if (error instanceof Error && 'code' in error && (error.code === 'EPERM' || error.code === 'ESRCH'))
      return false;
    throw error;
  }
}
