import { writeFile } from 'node:fs/promises';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { profile } from '../profile/profile.js';
import { describeMachine } from '../report/machine.js';
import { type Report, type RunReport, statusOf } from '../report/report.js';
import { printRun } from '../report/text.js';
import { writeCharts, writePerformancePage } from '../report/write-report.js';
import { consume } from '../runs/consume.js';
import { e2e } from '../runs/e2e.js';
import { growth } from '../runs/growth.js';
import { http } from '../runs/http.js';
import { overload } from '../runs/overload.js';
import { relay } from '../runs/relay.js';
import { replay } from '../runs/replay.js';
import type { Run, RunOptions } from '../runs/run.js';
import { scale } from '../runs/scale.js';
import { soak } from '../runs/soak.js';
import { Stage } from '../stage/stage.js';

const runs: Readonly<Record<string, { readonly run: Run; readonly what: string }>> = {
  http: {
    run: http,
    what: 'POST /orders with new keys against the plain service, the textbook and the ceiling',
  },
  replay: { run: replay, what: 'POST /orders with known keys against the ceiling' },
  consume: { run: consume, what: 'Inventory’s consumer against a bare set-based one and Nest’s own' },
  relay: { run: relay, what: 'the outbox’s relay against one that locks, sends and deletes 100 rows' },
  e2e: { run: e2e, what: 'orders placed and confirmed by the whole shop' },
  overload: { run: overload, what: 'one and a half and four times as many requests as can be served' },
  growth: { run: growth, what: 'POST /orders beside a table of millions of keys' },
  scale: {
    run: scale,
    what: 'one, two and four instances of Order and of Inventory; one product that everybody wants',
  },
  soak: {
    run: soak,
    what: 'ten times --seconds of writing and sweeping: do memory and tables stay as they are',
  },
};

interface Flags extends RunOptions {
  readonly json?: string;
  readonly svg?: string;
}

/** npm run bench. @returns the exit status: 1 when a count in SQL differs from what was acknowledged */
export async function bench(args: readonly string[]): Promise<number> {
  const program = new Command('bench')
    .description(
      'Measures the real services against baselines, taking turns, on a PostgreSQL and a Kafka of its own. Without a command: everything.',
    )
    .exitOverride();
  let status = 0;
  const execute = async (names: readonly string[], flags: Flags): Promise<void> => {
    status = await perform(names, flags);
  };
  withFlags(program).action((flags: Flags) => execute(Object.keys(runs), flags));
  for (const [name, { what }] of Object.entries(runs)) {
    withFlags(program.command(name).description(what)).action((_flags: Flags, command: Command) =>
      execute([name], command.optsWithGlobals<Flags>()),
    );
  }
  withFlags(
    program
      .command('profile')
      .description(
        'where the CPU time of one order goes in the service, of each package; flame graphs into --svg',
      ),
  ).action(async (_flags: Flags, command: Command) => {
    const flags = command.optsWithGlobals<Flags>();
    process.stdout.write(await onStage((stage) => profile(stage, flags, flags.svg)));
  });
  program
    .command('report <json...>')
    .description(
      'writes the figures and charts of docs/performance.md anew from what --json wrote, in one file or several',
    )
    .action(writePerformancePage);
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
}

function withFlags(command: Command): Command {
  return command
    .addOption(new Option('--seconds <n>', 'of each window').default(10).argParser(whole))
    .addOption(new Option('--rounds <n>', 'windows of each subject').default(3).argParser(whole))
    .addOption(new Option('--warm-up-seconds <n>', 'before the first window').default(10).argParser(whole))
    .addOption(
      new Option('--keys <n>', 'of growth: in the table beforehand; of replay: known, 5,000 at most')
        .default(10_000_000)
        .argParser(whole),
    )
    .option('--json <file>', 'writes what was measured')
    .option('--svg <folder>', 'writes a chart of each run');
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function onStage<Result>(work: (stage: Stage) => Promise<Result>): Promise<Result> {
  const stage = await Stage.open(say);
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}

async function perform(names: readonly string[], flags: Flags): Promise<number> {
  const reports: RunReport[] = [];
  for (const name of names) {
    const chosen = runs[name];
    if (!chosen) continue;
    say(`bench ${name}`);
    const report = await onStage((stage) => chosen.run(stage, flags));
    reports.push(report);
    process.stdout.write(printRun(report));
  }
  const report: Report = { at: new Date().toISOString(), machine: describeMachine(), runs: reports };
  if (flags.json !== undefined) await writeFile(flags.json, `${JSON.stringify(report, null, 2)}\n`);
  if (flags.svg !== undefined) await writeCharts(report, flags.svg);
  const inexact = reports.flatMap(({ exactness }) => exactness.filter(({ exact }) => !exact));
  for (const { subject, counts } of inexact) {
    process.stderr.write(`Not exact: ${subject} ${JSON.stringify(counts)}\n`);
  }
  return statusOf(reports);
}
