import { writeFile } from 'node:fs/promises';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { allSystems, isSystemName, type SystemName } from '../chamber/services.js';
import { storyOf } from '../check/story.js';
import { allFaults, type FaultKind, isFaultKind } from '../faults/kinds.js';
import { requireFitting } from '../plants/plant-into.js';
import { plants } from '../plants/plants.js';
import { type Caught, caughtOf, isCaught, type Results, type Summary, summaryOf } from '../report/summary.js';
import { printed } from '../report/text.js';
import { writeProof } from '../report/write-proof.js';
import { type RunResult, run } from '../run/run.js';

interface Flags {
  readonly seconds?: number;
  readonly seed: number;
  readonly faults?: readonly FaultKind[];
  readonly systems?: readonly SystemName[];
  readonly often?: number;
  readonly instances: number;
  readonly rate: number;
  readonly plant?: string;
  readonly json?: string;
  readonly keep?: boolean;
}

/** npm run torture. @returns the exit status: 1 when an invariant was violated, 2 when there is no verdict */
export async function torture(args: readonly string[]): Promise<number> {
  const program = new Command('torture')
    .description('Lets clients shop while everything around them fails, and checks what became of every key.')
    .exitOverride()
    .addOption(
      new Option('--seconds <n>', 'how long the faults last: 60, or 20 with a plant').argParser(whole),
    )
    .addOption(new Option('--seed <n>', 'of the faults and of what clients do').default(1).argParser(whole))
    .addOption(
      new Option('--faults <list>', `of ${allFaults.join(',')}; or none; all by default`).argParser(kinds),
    )
    .addOption(
      new Option('--systems <list>', `of ${allSystems.join(',')}: who is tortured; all by default`).argParser(
        systems,
      ),
    )
    .addOption(new Option('--instances <n>', 'of each service').default(2).argParser(whole))
    .addOption(
      new Option('--rate <n>', 'operations a second that clients would like').default(60).argParser(whole),
    )
    .option(
      '--plant <bug>',
      `breaks the services, and exits 1 when that is noticed (several, or all: one after the other; 2 when one is not). Of ${Object.keys(plants).join(', ')}`,
    )
    .addOption(new Option('--often <n>', 'how many times as often as usual a fault comes').argParser(whole))
    .option('--json <file>', 'writes the summary')
    .option('--keep', 'leaves logs and history below .semel/');
  let status = 0;
  program.action(async (flags: Flags) => {
    const wanted = flags.plant === 'all' ? Object.keys(plants) : (flags.plant?.split(',') ?? []);
    status = await (wanted.length > 1 ? performAll(flags, wanted) : perform(flags));
  });
  program
    .command('report <json...>')
    .description('adds what --json wrote to docs/proof.jsonl, and writes docs/proof.md anew')
    .action(writeProof);
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    // 1 is a verdict: what was asked for wrongly, or could not be carried out, has none.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`There is no verdict: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

function kinds(text: string): FaultKind[] {
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    if (!isFaultKind(name)) throw new InvalidArgumentError(`There is no fault ${name}.`);
    return name;
  });
}

function systems(text: string): SystemName[] {
  return text.split(',').map((name) => {
    if (!isSystemName(name)) throw new InvalidArgumentError(`There is no system ${name}.`);
    return name;
  });
}

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** One run. @returns 1 where an invariant was violated */
async function perform(flags: Flags): Promise<number> {
  const { summary, evidence, violations } = await tortured(flags);
  for (const violation of violations.slice(0, 5)) {
    const key = violation.key === undefined ? '' : ` (key ${violation.key})`;
    process.stdout.write(`\n${violation.invariant}${key}: ${violation.sentence}\n`);
    for (const line of storyOf(violation, evidence)) process.stdout.write(`  ${line}\n`);
  }
  process.stdout.write(printed(summary));
  await write(flags, { runs: [summary], plants: [] });
  return violations.length === 0 ? 0 : 1;
}

async function tortured(flags: Flags): Promise<RunResult & { readonly summary: Summary }> {
  const plant = plants[flags.plant ?? ''];
  // A bug is looked for with the faults that bring it to light, and often.
  const { seconds = plant ? 20 : 60, faults = plant?.faults ?? allFaults, often = plant ? 3 : 1 } = flags;
  const { systems = plant ? [plant.system] : allSystems } = flags;
  const options = { ...flags, seconds, faults, systems, often, keep: flags.keep ?? false, say };
  const result = await run(options);
  return { ...result, summary: summaryOf(options, result) };
}

/** One run for each bug. @returns 1 when each was caught by an invariant that has to catch it, 2 when one was not */
async function performAll(flags: Flags, wanted: readonly string[]): Promise<number> {
  const caught: Caught[] = [];
  for (const plant of wanted) requireFitting(plant);
  for (const plant of wanted) {
    say(`\n${plant}: ${plants[plant]?.what}`);
    const { summary } = await tortured({ ...flags, plant });
    const one = caughtOf(plant, summary);
    caught.push(one);
    const by = `${isCaught(one) ? 'caught' : 'NOT CAUGHT'} by ${one.by.join(', ') || 'anything'}`;
    process.stdout.write(`${plant}: ${by}, ${one.seconds} s after the first request\n`);
    await write(flags, { runs: [], plants: caught });
  }
  return caught.every(isCaught) ? 1 : 2;
}

async function write({ json }: Flags, results: Results): Promise<void> {
  if (json !== undefined) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
}
