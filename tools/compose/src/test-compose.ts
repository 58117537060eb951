import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError, type Progress } from '@semel/platform';
import { claimClone, foldersOf, ordersGround, root, Storm } from '@semel/stack';
import { Command } from 'commander';
import type { Chapter, Trial } from './chapters/chapter.js';
import { gone } from './chapters/gone.js';
import { hardening } from './chapters/hardening.js';
import { kills } from './chapters/kills.js';
import { ledger } from './chapters/ledger.js';
import { memory } from './chapters/memory.js';
import { moreInstances } from './chapters/more-instances.js';
import { orders } from './chapters/orders.js';
import { page } from './chapters/page.js';
import { operators } from './chapters/programs.js';
import { secrets } from './chapters/secrets.js';
import { stop } from './chapters/stop.js';
import { up } from './chapters/up.js';
import type { Engine } from './engine/engine.js';
import { findEngine } from './engine/find-engine.js';
import { interruption } from './engine/run.js';
import { onInterrupt } from './on-interrupt.js';
import { Project } from './project/project.js';
import { keepPulse } from './project/pulse.js';
import { Report } from './report.js';
import { tokenOf } from './shop/token.js';
import { provideImages } from './stand-ins/provide-images.js';

/** Shows how far something is. */
interface Shown {
  readonly update: (line: string) => void;
}

/** As a shell has it of a program that SIGINT ended. */
const interrupted = 130;

const chapters: readonly Chapter[] = [
  up,
  orders,
  operators,
  page,
  hardening,
  kills,
  memory,
  moreInstances,
  stop,
  ledger,
  secrets,
];

/** npm run test:compose. @returns the exit status: 1 where something did not hold */
export async function testCompose(args: readonly string[], shown: Shown): Promise<number> {
  new Command('npm run test:compose --')
    .description(
      'Brings docker-compose.yml up in containers, orders while containers are killed, counts, and brings it down. With Docker, or as\n' +
        'root with podman, which then gets stand-ins for the images that no registry gives.',
    )
    .addHelpText(
      'after',
      '\nExit status: 0 everything held, 1 something did not, or there is nothing to run containers with.',
    )
    .parse(args, { from: 'user' });
  const { home: clone, downloads } = foldersOf(root);
  const home = join(clone, 'containers');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const release = await claim(home);
  const progress: Progress = (line) => shown.update(line);
  const report = new Report((line) => process.stdout.write(`${line}\n`));
  let engine: Engine | undefined;
  try {
    engine = await findEngine(home, progress);
    report.begin(engine.title);
    const stoodFor = await provideImages({ engine, root, downloads, progress });
    tellLimits(engine, stoodFor, report);
    await attempt(engine, report, progress);
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'interrupted') throw error;
    return interrupted;
  } finally {
    await engine?.end();
    await release();
  }
  report.note(`${report.held} held, ${report.broken} did not.`);
  return report.broken === 0 ? 0 : 1;
}

/** @throws PlatformError `already-running` */
async function claim(home: string): Promise<() => Promise<void>> {
  try {
    return await claimClone(join(home, 'test.lock'));
  } catch (cause) {
    if (!(cause instanceof PlatformError) || cause.code !== 'already-running') throw cause;
    const message = 'npm run test:compose is running in this clone already: wait until it has ended.';
    throw new PlatformError(message, { code: cause.code, cause });
  }
}

/** What this run can't show. */
function tellLimits(engine: Engine, stoodFor: readonly string[], report: Report): void {
  if (engine.isPrivate) report.note('podman builds the Dockerfile itself, once, and not through compose.');
  if (engine.needsPulse) report.note('Nobody here runs health checks: they are run from outside, in a loop.');
  if (stoodFor.length === 0) return;
  report.note(`No registry gives ${stoodFor.join(', ')}: stand-ins take their places.`);
  report.note('That shows the Dockerfile, the wiring, the order of start, the health checks, the limits;');
  report.note("it does not show the real images' own entrypoints, nor their sizes.");
}

async function attempt(engine: Engine, report: Report, progress: Progress): Promise<void> {
  const project = await Project.prepare(engine, root, progress);
  const storm = new Storm(ordersGround(project.url('order'), (customer) => tokenOf(project, customer)));
  const trial: Trial = { project, report, storm, promised: new Set() };
  const unlisten = onInterrupt(() => project.interrupt(), interrupted);
  // What a run that was killed has left.
  await project.down();
  const still = engine.needsPulse ? keepPulse(project) : async () => {};
  try {
    for (const chapter of chapters) await chapter(trial);
  } catch (error) {
    if (project.signal.aborted) throw interruption();
    await tellOfTheSick(trial);
    throw error;
  } finally {
    storm.close();
    await still();
    await gone(trial);
    unlisten();
  }
}

/** What the containers said last that are not as they should be. */
async function tellOfTheSick({ project, report }: Trial): Promise<void> {
  const sick = (await project.containers()).filter(({ status, health = 'healthy', exitCode }) =>
    status === 'running' ? health !== 'healthy' : exitCode !== 0,
  );
  for (const one of sick) {
    report.note(`${one.service} is ${one.status} (${one.health ?? one.exitCode}):`);
    for (const line of (await project.lastLines(one)).split('\n')) report.note(`  ${line}`);
  }
}
