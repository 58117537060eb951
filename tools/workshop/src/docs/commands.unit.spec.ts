import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { codeBlocksOf } from './code-blocks.js';
import { type Command, commandsOf, shellBlocksOf } from './commands.js';
import { inRepository, pages, repository } from './pages.js';

const builtIn = new Set(['init', 'pkg', 'ci', 'pack']);
/** The sources of the tool that a script runs. Asking it by `--help` would have some of them install and build first. */
function sourcesOf(script: string): string {
  const [, tool = ''] = /\b(tools\/\w+)\//.exec(scriptsOf(undefined)[script] ?? '') ?? [];
  const folder = inRepository(tool);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(?:src\/.*(?<!\.spec)\.ts|[\w-]+\.mjs)$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
}

function scriptsOf(workspace: string | undefined): Record<string, string> {
  const folder = workspace === undefined ? repository : inRepository('node_modules', workspace);
  if (!existsSync(join(folder, 'package.json'))) return {};
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  return scripts;
}

/** @returns what is wrong with it */
function complaintOf({ words: [program = '', ...words], page }: Command): string | undefined {
  const isThere = (path: string): boolean => existsSync(inRepository('node_modules', path));
  switch (program) {
    case 'npm':
      return complaintOfNpm(words.filter((word) => word !== '-s'));
    case 'npx':
      // A package with a lockfile of its own is not installed here.
      if (words[0] === '--prefix')
        return existsSync(inRepository(String(words[1]), 'package.json'))
          ? undefined
          : `no package ${words[1]}`;
      return isThere(`.bin/${words[0]}`) ? undefined : `no package has the program ${words[0]}`;
    case 'node': {
      const source = String(words[0]).replace(/^dist\/(.*)\.js$/, 'src/$1.ts');
      return codeBlocksOf(page).some(({ title }) => title === source) ? undefined : `${source} is not shown`;
    }
    case 'curl':
    case 'docker':
      return undefined;
    default:
      return `nobody knows ${program}`;
  }
}

function complaintOfNpm([verb = '', ...words]: readonly string[]): string | undefined {
  if (verb === 'install') {
    const absent = words.filter(
      (word) => !/^[-<]/.test(word) && !existsSync(inRepository('node_modules', word)),
    );
    return absent.length > 0 ? `nobody here installs ${absent.join(', ')}` : undefined;
  }
  if (builtIn.has(verb)) return undefined;
  const [script = ''] = verb === 'run' ? words : [verb];
  const workspace = words.includes('-w') ? words[words.indexOf('-w') + 1] : undefined;
  if (!scriptsOf(workspace)[script]) return `no script ${script}${workspace ? ` of ${workspace}` : ''}`;
  // What follows npm test is a pattern of jest's.
  if (!words.includes('--') || script === 'test') return undefined;
  const given = words.slice(words.indexOf('--') + 1);
  const flag = given.findIndex((word) => word.startsWith('--'));
  const leading = flag < 0 ? given : given.slice(0, flag);
  const sources = sourcesOf(script);
  // As commander is told of them: 'erase', '--sub <customer>'.
  const options = given.filter((word) => word.startsWith('--') && word !== '--help');
  // A file or an id that is cut short is the reader's own.
  const unknown = [...leading.filter((word) => !/\.json$|…$/.test(word)), ...options].filter(
    (word) => !new RegExp(`['"\`]${word}(?:['"\` ])`).test(sources),
  );
  return unknown.length > 0 ? `${script} knows nothing of ${unknown.join(', ')}` : undefined;
}

const complaintsOf = (commands: readonly Command[]): string[] =>
  commands.flatMap((command) => {
    const complaint = complaintOf(command);
    const { page, line, words } = command;
    return complaint ? [`${relative(repository, page)}:${line}: ${words.join(' ')}: ${complaint}`] : [];
  });

it('tells its reader to type only what there is: scripts, programs, packages, arguments', () => {
  const commands = pages.flatMap(commandsOf);
  expect(commands.length).toBeGreaterThan(25);
  expect(complaintsOf(commands)).toEqual([]);
});

it('shows no shell that a shell can not read', () => {
  const blocks = pages.flatMap((page) => shellBlocksOf(page).map((block) => ({ page, ...block })));
  expect(blocks.length).toBeGreaterThan(6);
  const unreadable = blocks.flatMap(({ page, line, text }) => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
    return status === 0 ? [] : [`${relative(repository, page)}:${line}: ${stderr}`];
  });
  expect(unreadable).toEqual([]);
});

it.each([
  ['npm run -s tokn -- --sub alice', /no script tokn/],
  ['npm run -s token -- --subject alice', /token knows nothing of --subject/],
  ['npm run -s outbox -- statistics', /outbox knows nothing of statistics/],
  ['npm start -w @semel/example-payments', /no script start of @semel\/example-payments/],
  ['npm install @semel/idempotence', /nobody here installs/],
  ['npx tcs', /no package has the program tcs/],
  ['node dist/man.js', /src\/man\.ts is not shown/],
  ['crul -i', /nobody knows crul/],
])('would notice %s', (text, complaint) => {
  const page = inRepository('docs/idempotency/tutorial.md');
  expect(complaintsOf([{ page, line: 1, words: text.split(' ') }])).toEqual([
    expect.stringMatching(complaint),
  ]);
});
