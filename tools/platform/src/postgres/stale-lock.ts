import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandLineOf } from '../process-identity.js';

/**
 * After a kill -9, or a restart of the machine, `postmaster.pid` stays behind; when its pid meanwhile belongs to some
 * other process, PostgreSQL refuses to start. This ends a postmaster that was left running on this very directory
 * (its command line names it: nobody else's does) and removes the file of one that is gone.
 */
export async function clearStaleLock(dataDirectory: string, onFound?: (pid: number) => void): Promise<void> {
  const file = join(dataDirectory, 'postmaster.pid');
  const content = await readFile(file, 'utf8').catch(() => undefined);
  if (content === undefined) return;
  const pid = Number.parseInt(content, 10);
  if (await isPostmasterOf(pid, dataDirectory)) {
    onFound?.(pid);
    process.kill(pid, 'SIGINT');
    await gone(pid, dataDirectory);
  }
  await rm(file, { force: true });
}

async function isPostmasterOf(pid: number, dataDirectory: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  const commandLine = await commandLineOf(pid);
  return commandLine?.includes('postgres') === true && commandLine.includes(dataDirectory);
}

/** Fast shutdown takes a moment; a postmaster that takes longer than ten seconds is killed: it recovers from its log. */
async function gone(pid: number, dataDirectory: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (await isPostmasterOf(pid, dataDirectory)) {
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL');
    await delay(100);
  }
}
