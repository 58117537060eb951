import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PlatformError } from '../platform-error.js';
import { runToEnd } from '../run-to-end.js';

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. Where we are root this is the account that it runs as: `postgres` where the
 * machine has it, else `nobody`. Where we are not, it is undefined: PostgreSQL runs as we do.
 */
export async function unprivilegedUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all([runToEnd('id', ['-u', name]), runToEnd('id', ['-g', name])]);
    if (uid.code === 0 && gid.code === 0) return { name, uid: Number(uid.output), gid: Number(gid.output) };
  }
  throw new PlatformError(
    'PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody: run the command as an ordinary user.',
    { code: 'postgres-no-user' },
  );
}

/** @throws PlatformError `postgres-unreachable-folder`, naming the folder that keeps the user out. */
export async function requireReachable(user: SystemUser | undefined, file: string): Promise<void> {
  if (user === undefined) return;
  const probe = await runToEnd('/bin/sh', ['-c', 'test -x "$1"', 'probe', file], { user, cwd: '/' });
  if (probe.code === 0) return;
  const obstacle = await firstClosedFolder(user, file);
  throw new PlatformError(
    `You are root, so PostgreSQL runs as the user ${user.name}, who can't enter ${obstacle}: ` +
      `move the clone to a folder that everybody may enter (or run chmod o+x ${obstacle}), or run the command as an ordinary user.`,
    { code: 'postgres-unreachable-folder' },
  );
}

async function firstClosedFolder(user: SystemUser, file: string): Promise<string> {
  const folders: string[] = [];
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder))
    folders.unshift(folder);
  for (const folder of folders) {
    const { mode, uid, gid } = await stat(folder);
    const group = gid === user.gid ? 0o010 : 0o001;
    if ((mode & (uid === user.uid ? 0o100 : group)) === 0) return folder;
  }
  return dirname(file);
}
