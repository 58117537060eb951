import type { Project } from '../project/project.js';

export interface Memory {
  /** Bytes that can't be taken away: without the page cache. */
  readonly used: number;
  readonly limit: number;
  /** How often something was killed for want of memory. */
  readonly kills: number;
}

const folder = '/sys/fs/cgroup';
/** Of version 2 of the kernel's control groups, or of version 1. */
const files = {
  used: [`${folder}/memory.stat`, `${folder}/memory/memory.stat`],
  limit: [`${folder}/memory.max`, `${folder}/memory/memory.limit_in_bytes`],
  kills: [`${folder}/memory.events`, `${folder}/memory/memory.oom_control`],
} as const;

/** What the kernel says of a running container's memory. */
export async function memoryOf(project: Project, id: string): Promise<Memory> {
  const read = ([second, first]: readonly [string, string]) =>
    project.engineCommand('exec', id, 'sh', '-c', `cat ${second} 2>/dev/null || cat ${first}`);
  const [stat, limit, events] = await Promise.all([read(files.used), read(files.limit), read(files.kills)]);
  return {
    used: Number(/^(?:anon|total_rss) (\d+)$/m.exec(stat)?.[1]),
    limit: Number(limit.trim()),
    kills: Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0),
  };
}
