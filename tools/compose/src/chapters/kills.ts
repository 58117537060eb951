import { crash } from '../project/crash.js';
import type { Trial } from './chapter.js';

const rate = 20;
const victims = ['order', 'inventory', 'kafka', 'postgres', 'console'];

/** Every container is killed while customers order, and comes back. */
export async function kills({ project, report, storm }: Trial): Promise<void> {
  report.begin(`Kill, while ${rate} orders a second come in`);
  await storm.blow(rate);
  for (const victim of victims) {
    const before = await project.one(victim);
    const answered = storm.view().orders;
    const since = performance.now();
    const byPolicy = await crash(project, before);
    const [after] = (
      await project.until(`${victim} is back`, (all) =>
        all.every(({ service, status, health, startedAt }) =>
          service === victim
            ? status === 'running' && health === 'healthy' && startedAt > before.startedAt
            : status !== 'running' || health === 'healthy',
        ),
      )
    ).filter(({ service }) => service === victim);
    const took = ((performance.now() - since) / 1_000).toFixed(1);
    const how = byPolicy ? 'by its restart policy' : 'started again';
    report.holds(after !== undefined, `${victim} is back, ${how}, and all are healthy after ${took} s`);
    report.note(`${storm.view().orders - answered} orders were answered meanwhile`);
  }
}
