import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { type CodeBlock, codeBlocksOf } from './code-blocks.js';
import { moduleOf } from './scraps.js';

const run = promisify(execFile);
const repository = join(__dirname, '../../../..');
const libraries = ['idempotency', 'kafka', 'outbox'];
const guides = join(repository, 'docs/idempotency');

const pages = [
  ...readdirSync(guides)
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(guides, file)),
  ...libraries.map((library) => join(repository, 'libs', library, 'README.md')),
];

interface Written extends CodeBlock {
  readonly page: string;
  readonly before: number;
}

/** The sources of our packages' entries, by the name that a reader imports. */
function entries(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const library of libraries) {
    const folder = join(repository, 'libs', library);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      name: string;
      exports: Record<string, { types: string }>;
    };
    for (const [entry, { types }] of Object.entries(manifest.exports)) {
      const source = types.replace('./dist/', 'src/').replace(/\.d\.ts$/, '.ts');
      found[manifest.name + entry.slice(1)] = join(folder, source);
    }
  }
  return found;
}

/** What the main entries export, told from their sources: a page's short blocks may use it without importing it. */
function exportedNames(source: string): string[] {
  return [...readFileSync(source, 'utf8').matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names]) =>
    String(names)
      .split(',')
      .map((name) => name.trim().replace(/^type\s+/, ''))
      .filter((name) => name !== ''),
  );
}

/** Compiles blocks, each as a module of its own. @returns the complaints, as `page:line: what` */
async function complaints(blocks: readonly (CodeBlock & { page: string })[]): Promise<string[]> {
  mkdirSync(join(repository, '.semel'), { recursive: true });
  // Inside of the repository, for its packages are resolved from there.
  const folder = mkdtempSync(join(repository, '.semel', 'docs-'));
  try {
    const paths = entries();
    const ours = Object.fromEntries(
      Object.entries(paths).map(([name, source]) => [name, exportedNames(source)]),
    );
    const written = new Map<string, Written>();
    for (const [index, block] of blocks.entries()) {
      const { text, before } = moduleOf(block, ours);
      writeFileSync(join(folder, `block${index}.ts`), text);
      written.set(`block${index}.ts`, { ...block, before });
    }
    const compilerOptions = {
      noEmit: true,
      rootDir: repository,
      noUnusedLocals: false,
      noUnusedParameters: false,
      strictPropertyInitialization: false,
      // As a new project has it.
      exactOptionalPropertyTypes: false,
      isolatedModules: false,
      types: ['node', 'jest'],
      paths: Object.fromEntries(Object.entries(paths).map(([name, source]) => [name, [source]])),
    };
    const configuration = {
      extends: join(repository, 'tsconfig.base.json'),
      compilerOptions,
      files: [...written.keys()],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration));
    const compiler = join(repository, 'node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], {
      cwd: folder,
    }).catch((error: { stdout: string }) => error);
    return stdout
      .split('\n')
      .filter((line) => /error TS/.test(line))
      .map((line) => {
        const [, file = '', row, what] = /^(.*?)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
        const block = written.get(file);
        if (!block) return line;
        return `${relative(repository, block.page)}:${block.line + Number(row) - block.before - 1}: ${what}`;
      });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const scraps = pages.flatMap((page) =>
  codeBlocksOf(page)
    .filter(({ language, title }) => language === 'ts' && title === undefined)
    .map((block) => ({ ...block, page })),
);

it('shows no code of ours that does not compile against our packages', async () => {
  expect(scraps.length).toBeGreaterThan(5);
  expect(await complaints(scraps)).toEqual([]);
}, 120_000);

it('would notice: an option, an export and a member that do not exist', async () => {
  const wrong = (text: string) => ({
    page: join(guides, 'wrong.md'),
    language: 'ts',
    title: undefined,
    line: 10,
    text,
  });
  const found = await complaints([
    wrong('export const module = IdempotencyModule.forRoot({\n  retentoin: 3 });'),
    wrong("import { Idempotence } from '@semel/idempotency';\nexport { Idempotence };"),
    wrong('@Post()\n@Idempotent()\nplace(@Body() order: PlaceOrder) {\n  return this.orders.sav(order);\n}'),
  ]);
  expect(found.map((line) => line.replace(/error (TS\d+).*/, '$1'))).toEqual([
    expect.stringMatching(/^docs\/idempotency\/wrong\.md:11: TS/),
    expect.stringMatching(/^docs\/idempotency\/wrong\.md:10: TS/),
    expect.stringMatching(/^docs\/idempotency\/wrong\.md:13: TS/),
  ]);
}, 120_000);

it('links to nothing that is not there', () => {
  const dead = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, target]) => String(target))
      .filter((target) => !existsSync(join(page, '..', target)))
      .map((target) => `${relative(repository, page)}: ${target}`),
  );
  expect(dead).toEqual([]);
});

describe('the reference of idempotency', () => {
  const reference = readFileSync(join(guides, 'reference.md'), 'utf8');
  const source = (file: string) => readFileSync(join(repository, 'libs/idempotency/src', file), 'utf8');
  const bodyOf = (text: string, opening: RegExp): string => {
    const from = text.slice(text.search(opening));
    return from.slice(0, from.indexOf('\n}\n'));
  };

  it.each([
    ['option', 'nest/options.ts', /export interface IdempotencyOptions /, /^ {2}readonly (\w+)\??:/gm],
    [
      'option of a handler',
      'nest/options.ts',
      /export interface IdempotentOptions/,
      /^ {2}readonly (\w+)\??:/gm,
    ],
    ['member of the observer', 'engine/observer.ts', /export interface EngineObserver/, /^ {2}(\w+)\?\(/gm],
    ['code of an error', 'errors.ts', /^/, /readonly code = '([^']+)'/g],
  ])('names every %s', (_, file, opening, member) => {
    const text = source(file);
    const names = [...(file === 'errors.ts' ? text : bodyOf(text, opening)).matchAll(member)].map(
      ([, name]) => String(name),
    );
    expect(names.length).toBeGreaterThan(2);
    expect(names.filter((name) => !new RegExp(`\`${name}[\`(]`).test(reference))).toEqual([]);
  });
});
