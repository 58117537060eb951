import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformError, startPostgres } from '@semel/platform';
import { Argument, Command } from 'commander';
import pg from 'pg';
import { contestants, semel } from './contestants.js';
import { install } from './installation.js';
import { kept, markdown } from './markdown.js';
import { play, type Result } from './play.js';
import { scenarios } from './scenarios/index.js';
import type { Finding, Scenario } from './scenarios/scenario.js';

const repository = join(import.meta.dirname, '..', '..', '..');

interface Options {
  readonly json?: string;
  readonly markdown?: string;
  readonly database?: string;
}

/** @returns the exit status: 1 when Semel itself broke a promise, whatever the others did */
export async function compare(args: readonly string[]): Promise<number> {
  const program = new Command('compare')
    .description(
      `Plays ${scenarios.length} scenarios against Semel and against what else can be installed, each in its own process on a real\n` +
        'socket, and prints who kept which promise. Peers are installed below .semel/compare at their first run.',
    )
    .addArgument(
      new Argument('[contestants...]', 'whom to play with; all without it').choices(
        contestants.map(({ name }) => name),
      ),
    )
    .option('--json <file>', 'write every finding as JSON')
    .option('--markdown <file>', 'write the page docs/idempotency/comparison.md')
    .option('--database <url>', 'a superuser’s URL of a PostgreSQL; without it one is started')
    .addHelpText('after', '\nThe status is 0 unless Semel breaks a promise.')
    .parse(args, { from: 'user' });
  const options = program.opts<Options>();
  const chosen =
    program.args.length === 0 ? contestants : contestants.filter(({ name }) => program.args.includes(name));
  try {
    const results = await withPostgres(options.database, async (url) => {
      const all: Result[] = [];
      for (const contestant of chosen) {
        say(`\n${contestant.name} ${contestant.version}`);
        const main = await install(
          contestant,
          join(repository, '.semel', 'compare'),
          join(repository, 'tools/compare/contestants'),
        );
        const onFinding = ({ promise }: Scenario, { verdict, seen }: Finding) =>
          say(`  ${verdict.padEnd(12)} ${promise} (${seen})`);
        all.push(await inEmptyDatabase(url, (database) => play(contestant, main, database, onFinding)));
      }
      return all;
    });
    say('');
    for (const result of results)
      say(`${result.contestant.name}: kept ${kept(result)} of ${scenarios.length}`);
    report(results, options);
    const ours = results.find(({ contestant }) => contestant === semel);
    return ours === undefined || kept(ours) === scenarios.length ? 0 : 1;
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

function report(results: readonly Result[], options: Options): void {
  const date = new Date().toISOString();
  if (options.json !== undefined) {
    const findings = results.map(({ contestant: { name, version, setUp }, findings: found }) => ({
      name,
      version,
      setUp,
      findings: found.map((finding, index) => ({ promise: scenarios[index]?.promise, ...finding })),
    }));
    writeFileSync(
      options.json,
      `${JSON.stringify({ date, node: process.versions.node, contestants: findings }, null, 2)}\n`,
    );
  }
  if (options.markdown !== undefined) {
    writeFileSync(options.markdown, markdown(results, scenarios, date.slice(0, 10)));
  }
}

async function withPostgres<T>(given: string | undefined, work: (url: string) => Promise<T>): Promise<T> {
  if (given !== undefined) return work(given);
  const folder = mkdtempSync(join(tmpdir(), 'semel-compare-'));
  // As root, PostgreSQL runs as another user, who has to pass through on his way to his own folder.
  chmodSync(folder, 0o711);
  const server = await startPostgres({
    dataDirectory: join(folder, 'data'),
    logFile: join(folder, 'postgres.log'),
    settings: { max_connections: '300' },
  });
  try {
    return await work(server.url('postgres'));
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

let databases = 0;

/** Runs `work` with an empty database of its own, which is dropped afterwards. */
async function inEmptyDatabase<T>(server: string, work: (url: string) => Promise<T>): Promise<T> {
  databases += 1;
  const name = `semel_compare_${process.pid}_${databases}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    return await work(url.toString());
  } finally {
    await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    await client.end();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
