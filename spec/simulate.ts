import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runQuint } from './run-quint.js';

const here = fileURLToPath(new URL('.', import.meta.url));

export interface Simulation {
  readonly model: string;
  /** The module: `sound`, or a mutation. */
  readonly variant: string;
  readonly invariants: readonly string[];
  readonly witnesses?: readonly string[];
  readonly steps: number;
  readonly traces: number;
  /** Where the random choices begin; a violation prints the seed of its trace. */
  readonly seed?: string;
}

export interface Result {
  /** The invariants that a trace violated; none when all traces kept all of them. */
  readonly violated: readonly string[];
  /** In how many traces each witness was seen. */
  readonly witnessed: ReadonlyMap<string, number>;
  readonly output: string;
}

/**
 * Simulates random traces, for one seed the same ones every time.
 *
 * @throws Error when the model does not parse or the simulator itself fails
 */
export async function simulate({
  model,
  variant,
  invariants,
  witnesses = [],
  steps,
  traces,
  seed = '0x1',
}: Simulation): Promise<Result> {
  const module = `${model}_${variant}`;
  const output = await runQuint([
    join(here, 'models', `${model}.qnt`),
    `--main=${module}`,
    `--max-samples=${traces}`,
    `--max-steps=${steps}`,
    `--seed=${seed}`,
    '--invariants',
    ...invariants,
    ...(witnesses.length > 0 ? ['--witnesses', ...witnesses] : []),
  ]);
  return read(module, output, invariants);
}

function read(module: string, output: string, invariants: readonly string[]): Result {
  const named = [...output.matchAll(/❌ (\w+)/g)].map(([, name]) => String(name));
  // It names them only where there are several.
  const violated = /\[violation\]/.test(output) && named.length === 0 ? invariants : named;
  // Either it says that all is well or which invariant broke; anything else is a failure of the tool.
  if (!/\[ok\] No violation found/.test(output) && violated.length === 0) {
    throw new Error(`The simulation of ${module} did not come to an end:\n${output.slice(-4_000)}`);
  }
  const counts = [...output.matchAll(/^(\w+) was witnessed in (\d+) trace/gm)];
  return {
    violated,
    witnessed: new Map(counts.map(([, name, count]) => [String(name), Number(count)])),
    output,
  };
}
