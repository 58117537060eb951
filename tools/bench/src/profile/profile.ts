import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OrderSubject, RunningSubject } from '../runs/order-subjects.js';
import type { RunOptions } from '../runs/run.js';
import type { Stage } from '../stage/stage.js';
import { type CpuProfile, sharesOf, stacksBetween, totalOf } from './cpu-profile.js';
import { flameGraph } from './flame-graph.js';

/** What may be profiled, by the name of its program: Order and the two that tell what it costs beyond. */
const subjects: Readonly<Record<string, OrderSubject>> = {
  order: { name: 'order', writes: 'orders and keys' },
  'empty-handler': { name: 'empty-handler', baseline: 'empty-handler' },
  'idempotent-typeorm': {
    name: 'idempotent-typeorm',
    baseline: 'idempotent-typeorm',
    writes: 'orders and keys',
  },
};

/**
 * Where a service's own CPU time goes, of each package, in microseconds an order.
 *
 * @param folder where flame graphs are written, if they are wanted
 * @returns what a person reads
 */
export async function profile(
  stage: Stage,
  { seconds, warmUpSeconds }: RunOptions,
  folder?: string,
): Promise<string> {
  const lines: string[] = [];
  for (const subject of Object.values(subjects)) {
    const { title, shares, svg } = await profileOf(stage, subject, seconds, warmUpSeconds);
    lines.push(title, ...shares.map(([place, each]) => `  ${each.toFixed(1).padStart(7)} us  ${place}`), '');
    if (folder === undefined) continue;
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `flame-graph-${subject.name}.svg`), svg);
  }
  return lines.join('\n');
}

async function profileOf(stage: Stage, subject: OrderSubject, seconds: number, warmUpSeconds: number) {
  const folder = join(stage.folder, `profile-${subject.name}`);
  const running = await RunningSubject.start(stage, subject, [
    '--cpu-prof',
    `--cpu-prof-dir=${folder}`,
    '--cpu-prof-interval=500',
  ]);
  stage.say(`profiling ${subject.name}`);
  if (warmUpSeconds > 0) await running.load('warm-up', { connections: 64, seconds: warmUpSeconds });
  const from = microseconds();
  const { sample, load } = await running.load('profiled', { connections: 64, seconds });
  const to = microseconds();
  // It writes its profile when it ends.
  await stage.stopProgram(running.program);
  const [file = ''] = await readdir(folder);
  const written: CpuProfile = JSON.parse(await readFile(join(folder, file), 'utf8'));
  const stacks = stacksBetween(written, from, to);
  const each = totalOf(stacks) / load.keys;
  const title = `${subject.name}: ${Math.round(each)} us an order under the profiler, at ${Math.round(sample.perSecond)} a second`;
  return {
    title,
    shares: sharesOf(stacks)
      .map(([place, time]): [string, number] => [place, time / load.keys])
      .filter(([, time]) => time >= each / 200),
    svg: await flameGraph(title, stacks, load.keys),
  };
}

/** By the clock of V8's profiler. */
function microseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
