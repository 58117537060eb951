import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const quint = join(here, 'quint', 'node_modules', '@informalsystems', 'quint', 'dist', 'src', 'cli.js');

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
  if (!existsSync(quint))
    throw new Error('The simulator is not installed: run npm ci in spec/quint, or npm test.');
  const args = [
    quint,
    'run',
    join(here, 'models', `${model}.qnt`),
    `--main=${model}_${variant}`,
    '--backend=typescript',
    `--max-samples=${traces}`,
    `--max-steps=${steps}`,
    `--seed=${seed}`,
    '--invariants',
    ...invariants,
    ...(witnesses.length > 0 ? ['--witnesses', ...witnesses] : []),
  ];
  // A file, not a pipe: the simulator exits before a pipe has taken all that it says.
  const folder = await mkdtemp(join(tmpdir(), 'semel-spec-'));
  try {
    const log = await open(join(folder, 'log'), 'w+');
    await once(spawn(process.execPath, args, { stdio: ['ignore', log.fd, log.fd] }), 'exit');
    await log.close();
    return read(`${model}_${variant}`, await readFile(join(folder, 'log'), 'utf8'), invariants);
  } finally {
    await rm(folder, { recursive: true });
  }
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
