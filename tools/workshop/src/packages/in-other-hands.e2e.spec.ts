import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createTestDatabase, testBrokers, uniqueName } from '@semel/platform/testing';
import { codeBlocksOf } from '../docs/code-blocks.js';
import { ConsumerApp, type RunningApp } from './consumer-app.js';
import { type Library, libraries, packLibraries, repository, type Tarball } from './tarballs.js';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'semel-packages-'));
let tarballs: Record<Library, Tarball>;
const all = (): Tarball[] => Object.values(tarballs);

beforeAll(async () => {
  tarballs = await packLibraries(folder);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(libraries)('the package of %s', (library) => {
  it('holds what its entries name, a README and a licence, and nothing that only its tests need', () => {
    const { files, manifest } = tarballs[library];
    for (const { types, default: program } of Object.values(manifest.exports)) {
      expect(files).toEqual(expect.arrayContaining([types.slice(2), program.slice(2)]));
    }
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']));
    expect(files.filter((file) => !/^(dist\/|README\.md$|LICENSE$|package\.json$)/.test(file))).toEqual([]);
    // A folder of a published entry may be called testing; a spec's own helpers are *.spec.ts or live below spec/.
    expect(files.filter((file) => /\.spec\.|\/spec\//.test(file))).toEqual([]);
    expect(readFileSync(join(repository, 'libs', library, 'LICENSE'), 'utf8')).toBe(
      readFileSync(join(repository, 'LICENSE'), 'utf8'),
    );
  });

  it('depends on nothing that nobody can install', () => {
    const { dependencies = {}, peerDependencies = {} } = tarballs[library].manifest;
    const ours = Object.keys({ ...dependencies, ...peerDependencies }).filter((name) =>
      name.startsWith('@semel/'),
    );
    const published = all().map(({ manifest }) => manifest.name);
    expect(ours.filter((name) => !published.includes(name))).toEqual([]);
    // A second copy would have an ambient transaction of its own, and what is written through it would not be in ours.
    expect(Object.keys(dependencies).filter((name) => name.startsWith('@semel/'))).toEqual([]);
  });
});

const newest = new ConsumerApp();
const older = new ConsumerApp();
afterAll(() => {
  for (const app of [newest, older]) app.remove();
});

describe.each([
  { nest: '^12.0.0', adapter: 'express', app: newest },
  { nest: '^11.0.0', adapter: 'fastify', app: older },
])('a service of Nest $nest over $adapter', ({ nest, adapter, app }) => {
  beforeAll(() => app.install(nest, all()), 300_000);

  it('finds no trace of this machine in what it installed', () => {
    const packed = join(app.folder, 'node_modules/@semel');
    const traces = readdirSync(packed, { recursive: true, encoding: 'utf8' }).filter((file) => {
      if (!/\.(js|ts|map|json|md)$/.test(file)) return false;
      const text = readFileSync(join(packed, file), 'utf8');
      return text.includes(repository) || (homedir() !== '/' && text.includes(`${homedir()}/`));
    });
    expect(traces).toEqual([]);
  });

  it('loads every entry, and compiles against its types with nothing skipped of ours', async () => {
    const entries = all().flatMap(({ manifest }) =>
      Object.keys(manifest.exports).map((entry) => manifest.name + entry.slice(1)),
    );
    const imports = entries.map((entry, index) => `export * as entry${index} from '${entry}';`);
    app.write('src/every-entry.ts', imports.join('\n'));
    const complaints = await app.compile('-p', '.', '--skipLibCheck', 'false');
    // Dependencies may ship types with faults of their own; ours may not, nor may the service itself.
    expect(complaints.split('\n').filter((line) => /^(src|node_modules\/@semel)\//.test(line))).toEqual([]);
    await app.node('dist/every-entry.js');
  }, 120_000);

  it('runs: a request once, an event once', async () => {
    const database = await createTestDatabase();
    let running: RunningApp | undefined;
    try {
      running = await app.start({
        ADAPTER: adapter,
        DATABASE_URL: database.url,
        KAFKA_BROKERS: testBrokers().join(),
        TOPIC: uniqueName('purchases'),
      });
      const { url } = running;
      const buy = () =>
        fetch(`${url}/purchases`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': 'breakfast' },
          body: '{"sku":"tea"}',
        });
      const [first, again] = [await buy(), await buy()];
      expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([
        201,
        201,
        'true',
      ]);
      expect(await again.text()).toBe(await first.text());
      let all: { purchases: unknown[]; shipments: { type: string }[] };
      do {
        await delay(50);
        all = (await (await fetch(`${url}/purchases`)).json()) as typeof all;
      } while (!all.shipments.some(({ type }) => type === 'purchase.paid.v1'));
      expect(all.purchases).toEqual([{ id: 1, sku: 'tea' }]);
      expect(all.shipments.map(({ type }) => type)).toEqual(['purchase.placed.v1', 'purchase.paid.v1']);
    } finally {
      await running?.end('SIGTERM');
      await database.drop();
    }
  }, 120_000);
});

describe('a service over node-postgres that has no TypeORM', () => {
  const typeorm = ['typeorm', '@nestjs/typeorm'].map((name) => join(newest.folder, 'node_modules', name));
  beforeAll(() => {
    for (const folder of typeorm) renameSync(folder, `${folder}-away`);
  });
  afterAll(() => {
    for (const folder of typeorm) renameSync(`${folder}-away`, folder);
  });

  it('compiles against every entry of the idempotency library with nothing skipped of ours', async () => {
    const entries = Object.keys(tarballs.idempotency.manifest.exports);
    newest.write(
      'bare/main.ts',
      [
        ...entries.map(
          (entry, index) => `export * as entry${index} from '@semel/idempotency${entry.slice(1)}';`,
        ),
        "import { IdempotencyModule } from '@semel/idempotency';",
        "import { PgConnections } from '@semel/idempotency/pg';",
        "import pg from 'pg';",
        'export const module = IdempotencyModule.forRoot({ connections: new PgConnections(new pg.Pool()) });',
      ].join('\n'),
    );
    const compilerOptions = { rootDir: '.', noEmit: true, skipLibCheck: false };
    newest.write(
      'bare/tsconfig.json',
      JSON.stringify({ extends: '../tsconfig.json', compilerOptions, include: ['.'] }),
    );
    const complaints = (await newest.compile('-p', 'bare')).split('\n');
    expect(complaints.filter((line) => /^(bare|node_modules\/@semel)\//.test(line))).toEqual([]);
  }, 120_000);
});

describe('the tutorial', () => {
  const page = join(repository, 'docs/idempotency/tutorial.md');
  const blocks = codeBlocksOf(page);
  const titled = (title: string): string => blocks.find((block) => block.title === title)?.text ?? '';

  /** The files of a page as they stand when a reader has come to `line`. */
  const filesUpTo = (line: number) =>
    new Map(
      blocks.flatMap((block) =>
        block.title?.includes('.') && block.line < line ? [[block.title, block.text] as const] : [],
      ),
    );

  it.each([
    { shown: 'orders, before', marked: 'null' },
    { shown: 'orders, after', marked: 'true' },
  ])(
    'is carried out as it is written, and shows its “$shown”',
    async ({ shown, marked }) => {
      const database = await createTestDatabase();
      let running: RunningApp | undefined;
      try {
        const { line } = blocks.find(({ title }) => title === shown)!;
        for (const [file, text] of filesUpTo(line)) newest.write(`tutorial/${file}`, text);
        expect(await newest.compile('-p', 'tutorial')).toBe('');
        running = await newest.start({ DATABASE_URL: database.url }, 'tutorial/dist/main.js');
        const told = await newest.node('tutorial/dist/client.js', running.url);
        expect(told).toMatch(new RegExp(`^201 ${marked} \\{`));
        const orders: unknown = await (await fetch(`${running.url}/orders`)).json();
        expect(orders).toEqual(JSON.parse(titled(shown)));
      } finally {
        await running?.end('SIGKILL');
        await database.drop();
      }
    },
    120_000,
  );

  it('has its reader install what there is', () => {
    const lines = readFileSync(page, 'utf8').match(/^npm install .*$/gm) ?? [];
    const wanted = lines.flatMap((line) => line.split(' ').slice(2)).filter((word) => !word.startsWith('-'));
    expect(wanted).toEqual(expect.arrayContaining(['@semel/idempotency', '@nestjs/core']));
    expect(wanted.filter((name) => !existsSync(join(newest.folder, 'node_modules', name)))).toEqual([]);
  });
});

it('passes publint and “are the types wrong?”, every entry of it', async () => {
  const linter = join(repository, 'tools/workshop/lint-packages.mjs');
  const { stdout } = await run(process.execPath, [linter, ...all().map(({ file }) => file)]).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toBe('');
}, 120_000);

it('is made of what is in the tree: nothing that was built from a file that is gone', () => {
  for (const library of libraries) {
    const gone = tarballs[library].files.filter((file) => {
      const [, name] = /^dist\/(.+?)(?:\.d\.ts|\.js)(?:\.map)?$/.exec(file) ?? [];
      return name !== undefined && !existsSync(join(repository, 'libs', library, 'src', `${name}.ts`));
    });
    expect(gone).toEqual([]);
  }
});
