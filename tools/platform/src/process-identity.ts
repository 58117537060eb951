import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { runToEnd } from './run-to-end.js';

/** The command line of a process, its words separated by blanks; undefined where there is no such process. */
export async function commandLineOf(pid: number): Promise<string | undefined> {
  if (platform() === 'linux') {
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
    // A zombie has an empty one: there is nothing left of it that could be in the way.
    return words === undefined || words === '' ? undefined : words.replaceAll('\0', ' ').trim();
  }
  const { code, output } = await runToEnd('ps', ['-ww', '-o', 'args=', '-p', String(pid)]);
  return code === 0 ? output.trim() : undefined;
}

/**
 * What tells this process from every other that ever had, or will have, its pid on this machine: the moment of its
 * start (on Linux in clock ticks since a boot that is named too). Undefined where there is no such process.
 */
export async function birthOf(pid: number): Promise<string | undefined> {
  if (platform() === 'linux') {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
      readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined),
    ]);
    // The name in the second field may hold blanks and brackets: count from the last bracket. Field 3 is the state, 22 the start.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields === undefined || fields[0] === 'Z' || fields[19] === undefined) return undefined;
    return `${boot.trim()}/${fields[19]}`;
  }
  const { code, output } = await runToEnd('ps', ['-o', 'lstart=', '-p', String(pid)], {
    env: { ...process.env, LC_ALL: 'C' },
  });
  return code === 0 && output.trim() !== '' ? output.trim() : undefined;
}
