import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second, whatever the kernel's own tick is (proc(5), USER_HZ). */
const microsecondsPerTick = 10_000;

/**
 * The CPU time in microseconds that a process has used, its threads and its ended children included. It doesn't depend
 * on what else the machine is busy with. `undefined` where there is no /proc.
 */
export function cpuOf(pid: number): number | undefined {
  const fields = statOf(pid);
  // utime, stime, cutime, cstime: fields 14 to 17 of proc(5).
  return fields && fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * microsecondsPerTick;
}

/** The same of a process and its living children: what PostgreSQL's postmaster and its backends used. */
export function cpuOfFamily(pid: number): number | undefined {
  const own = cpuOf(pid);
  if (own === undefined) return undefined;
  let sum = own;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statOf(Number(name));
    if (fields?.[1] === String(pid)) sum += cpuOf(Number(name)) ?? 0;
  }
  return sum;
}

/** Resident memory in bytes. */
export function memoryOf(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
  } catch {
    // It has ended, or this machine has no /proc.
    return undefined;
  }
}

/** The fields of /proc/pid/stat after the command's name, which may hold spaces: state first. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
