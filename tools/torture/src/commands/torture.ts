import { writeFile } from 'node:fs/promises';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { storyOf } from '../check/story.js';
import { allFaults, type FaultKind, isFaultKind } from '../faults/kinds.js';
import { summaryOf } from '../report/summary.js';
import { printed } from '../report/text.js';
import { run } from '../run/run.js';

interface Flags {
  readonly seconds: number;
  readonly seed: number;
  readonly faults: readonly FaultKind[];
  readonly instances: number;
  readonly rate: number;
  readonly plant?: string;
  readonly json?: string;
  readonly keep?: boolean;
}

/** npm run torture. @returns the exit status: 1 when an invariant was violated */
export async function torture(args: readonly string[]): Promise<number> {
  const program = new Command('torture')
    .description('Lets clients shop while everything around them fails, and checks what became of every key.')
    .exitOverride()
    .addOption(new Option('--seconds <n>', 'how long the faults last').default(60).argParser(whole))
    .addOption(new Option('--seed <n>', 'of the faults and of what clients do').default(1).argParser(whole))
    .addOption(
      new Option('--faults <list>', `of ${allFaults.join(',')}; or none`)
        .default(allFaults, 'all')
        .argParser(kinds),
    )
    .addOption(new Option('--instances <n>', 'of each service').default(2).argParser(whole))
    .addOption(
      new Option('--rate <n>', 'operations a second that clients would like').default(60).argParser(whole),
    )
    .option('--plant <bug>', 'breaks the services by one of the bugs that --plants lists')
    .option('--json <file>', 'writes the summary')
    .option('--keep', 'leaves logs and history below .semel/');
  let status = 0;
  program.action(async (flags: Flags) => {
    status = await perform(flags);
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
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

async function perform(flags: Flags): Promise<number> {
  const say = (line: string): boolean => process.stderr.write(`${line}\n`);
  const result = await run({ ...flags, keep: flags.keep ?? false, say });
  const summary = summaryOf(flags, result);
  for (const violation of result.violations.slice(0, 5)) {
    process.stdout.write(
      `\n${violation.invariant}${violation.key === undefined ? '' : ` (key ${violation.key})`}: ${violation.sentence}\n`,
    );
    for (const line of storyOf(violation, result.evidence)) process.stdout.write(`  ${line}\n`);
  }
  process.stdout.write(printed(summary));
  if (flags.json !== undefined) await writeFile(flags.json, `${JSON.stringify(summary, null, 2)}\n`);
  return result.violations.length === 0 ? 0 : 1;
}
