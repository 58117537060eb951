import type { Contestant } from './contestants.js';
import { scenarios } from './scenarios/index.js';
import type { Finding, Scenario } from './scenarios/scenario.js';
import { Stage } from './stage/stage.js';

export interface Result {
  readonly contestant: Contestant;
  /** In the order of the scenarios. */
  readonly findings: readonly Finding[];
}

/** Plays every scenario against one contestant, one after the other, in an empty database. */
export async function play(
  contestant: Contestant,
  program: string,
  databaseUrl: string,
  onFinding: (scenario: Scenario, finding: Finding) => void,
): Promise<Result> {
  const stage = new Stage(contestant, program, databaseUrl);
  const findings: Finding[] = [];
  await stage.open();
  try {
    for (const scenario of scenarios) {
      const effect = await stage.begin(scenario.instances ?? 1, scenario.settings);
      const finding = await scenario.play(effect).catch(brokenDown);
      if (scenario.settings !== undefined) await stage.end();
      findings.push(finding);
      onFinding(scenario, finding);
    }
  } finally {
    await stage.close();
  }
  return { contestant, findings };
}

/** A contestant that does not even get to the point of a scenario has not kept its promise. */
function brokenDown(error: unknown): Finding {
  return { verdict: 'broken', seen: error instanceof Error ? error.message : String(error) };
}
