import type { ServiceProcess } from '@semel/platform';
import type { LoadResult, Plan } from '../load/plan.js';
import { runDriver } from '../load/run-driver.js';
import type { Sample } from '../report/report.js';
import { cpuOf } from '../stage/cpu.js';
import type { Stage } from '../stage/stage.js';

export interface Measurement {
  readonly sample: Sample;
  readonly load: LoadResult;
}

/** One window of load on one service, with the CPU time that it and its database used in it. */
export async function measure(stage: Stage, program: ServiceProcess, plan: Plan): Promise<Measurement> {
  const used = (): (number | undefined)[] => [cpuOf(program.pid), stage.postgresCpu, stage.kafkaCpu];
  let before = used();
  const load = await runDriver(plan, () => {
    before = used();
  });
  const after = used();
  const operations = Object.entries(load.statuses).reduce(
    (sum, [status, count]) => (status.startsWith('2') ? sum + count : sum),
    0,
  );
  const perOperation = (index: number): number | undefined => {
    const [from, to] = [before[index], after[index]];
    return from === undefined || to === undefined ? undefined : (to - from) / operations;
  };
  return { sample: sampleOf(load, operations, [0, 1, 2].map(perOperation)), load };
}

function sampleOf(load: LoadResult, operations: number, cpu: readonly (number | undefined)[]): Sample {
  const [serviceCpu, postgresCpu, kafkaCpu] = cpu;
  return {
    perSecond: operations / load.seconds,
    p50: load.accepted.p50,
    p99: load.accepted.p99,
    ...(serviceCpu !== undefined && { serviceCpu }),
    ...(postgresCpu !== undefined && { postgresCpu }),
    ...(kafkaCpu !== undefined && { kafkaCpu }),
    driverShare: load.cpu / 1e6 / load.seconds,
  };
}
