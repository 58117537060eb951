import { readCompose } from '../project/compose-file.js';
import { type Memory, memoryOf } from '../shop/memory.js';
import type { Trial } from './chapter.js';

const mebibyte = 2 ** 20;
const mebibytes = (bytes: number) => Math.round(bytes / mebibyte);
/** What everything that goes on running may take in all. */
const budget = 1.5e9;

/** Each container's memory as the kernel counts it, against its limit, while customers order. */
export async function memory({ project, report }: Trial): Promise<void> {
  report.begin('Memory');
  const { services } = await readCompose(project.root);
  const running = (await project.containers()).filter(({ status }) => status === 'running');
  const all: Memory[] = [];
  for (const { id, service, oomKilled } of running) {
    const one = await memoryOf(project, id);
    all.push(one);
    const promised = Number(/^(\d+)m$/.exec(services[service]?.mem_limit ?? '')?.[1]) * mebibyte;
    report.holds(
      one.limit === promised && one.used < one.limit && one.kills === 0 && !oomKilled,
      `${service}: ${mebibytes(one.used)} of ${mebibytes(one.limit)} MiB, nothing killed for want of it`,
      `of ${mebibytes(promised)} MiB promised; ${one.kills} killed`,
    );
  }
  const sum = (of: (one: Memory) => number) => all.reduce((total, one) => total + of(one), 0);
  const limits = sum(({ limit }) => limit);
  report.holds(
    limits <= budget,
    `${mebibytes(sum(({ used }) => used))} MiB in all, of at most ${mebibytes(limits)}`,
  );
}
