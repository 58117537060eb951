import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome');

const libs = ['contracts', 'idempotency', 'kafka', 'outbox', 'service'];
const apps = ['console', 'inventory', 'order'];
const packages = [...libs, ...apps, 'platform', 'platform/testing', 'stack'].map((name) => `@semel/${name}`);

/** The arrows of the design: what each room may import of ours, in its program and, beyond that, in its specs. */
const arrows: Record<string, { program: string[]; specs: string[] }> = {
  'libs/idempotency': { program: [], specs: ['platform/testing'] },
  'libs/kafka': { program: [], specs: ['platform/testing'] },
  'libs/contracts': { program: [], specs: ['platform/testing'] },
  'libs/outbox': { program: ['idempotency'], specs: ['platform/testing'] },
  'libs/service': { program: ['contracts'], specs: ['platform/testing'] },
  'apps/order': { program: libs, specs: ['platform/testing'] },
  'apps/inventory': { program: libs, specs: ['platform/testing'] },
  'apps/console': { program: libs, specs: ['platform/testing'] },
  'tools/stack': { program: [...libs, 'platform', 'platform/testing', 'stack'], specs: [] },
  'tools/platform': { program: [], specs: [] },
  e2e: { program: [...libs, 'platform', 'platform/testing', 'stack'], specs: [] },
};

/** Every way that ECMAScript and TypeScript have of naming another module. */
const ways = [
  (source: string) => `import '${source}';`,
  (source: string) => `export * from '${source}';`,
  (source: string) => `import type { X } from '${source}';`,
  (source: string) => `await import('${source}');`,
];

interface Report {
  diagnostics: { category: string; location: { path: string; start: { line: number } } }[];
}

/** A repository of planted files under the real rules: one import a line, so that a line is a verdict. */
class Plantation {
  readonly #root = mkdtempSync(join(tmpdir(), 'semel-boundaries-'));

  constructor() {
    for (const file of ['biome.json', 'biome.boundaries.json']) {
      copyFileSync(join(repository, file), join(this.#root, file));
    }
  }

  plant(path: string, lines: string[]): void {
    mkdirSync(join(this.#root, dirname(path)), { recursive: true });
    writeFileSync(join(this.#root, path), `${lines.join('\n')}\n`);
  }

  copy(path: string): void {
    mkdirSync(join(this.#root, dirname(path)), { recursive: true });
    copyFileSync(join(repository, path), join(this.#root, path));
  }

  /** The lines of each file that the rule refuses, as `path:line`. */
  refused(rule: string): Set<string> {
    const run = spawnSync(
      process.execPath,
      [
        biome,
        'lint',
        '--vcs-enabled=false',
        '--max-diagnostics=none',
        '--reporter=json',
        `--only=${rule}`,
        '.',
      ],
      { cwd: this.#root, encoding: 'utf8' },
    );
    const report = JSON.parse(run.stdout) as Report;
    return new Set(
      report.diagnostics
        .filter(({ category }) => category === `lint/${rule}`)
        .map(({ location }) => `${location.path}:${location.start.line}`),
    );
  }

  clear(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

describe('the import boundaries', () => {
  const plantation = new Plantation();
  afterAll(() => plantation.clear());

  describe.each(Object.entries(arrows))('%s', (room, { program, specs }) => {
    const lines = packages.flatMap((source) => ways.map((write) => ({ source, line: write(source) })));

    it.each([
      ['program', `${room}/src/deep/planted.ts`, program],
      ['spec', `${room}/src/deep/planted.int.spec.ts`, [...program, ...specs]],
    ])('lets its %s import what the design allows and nothing else of ours', (_, path, allowed) => {
      plantation.plant(
        path,
        lines.map(({ line }) => line),
      );
      const refused = plantation.refused('style/noRestrictedImports');
      const verdicts = lines.map(({ line }, index) => ({
        line,
        refused: refused.has(`${path}:${index + 1}`),
      }));
      const expected = lines.map(({ source, line }) => ({
        line,
        refused: !allowed.includes(source.slice('@semel/'.length)),
      }));
      expect(verdicts).toEqual(expected);
    });
  });

  it.each([...Object.keys(arrows), 'tools/workshop'])(
    'lets nothing in %s reach into the files of another room',
    (room) => {
      const path = `${room}/src/deep/planted.ts`;
      const back = room.split('/').map(() => '..');
      const outside = ['../..', ...back].join('/');
      const forbidden = [
        `${outside}/libs/outbox/src/relay.js`,
        `${outside}/apps/order/dist/main.js`,
        '../../../outbox/src/relay.js',
        '@semel/idempotency/src/engine.js',
        '@semel/idempotency/dist/engine.js',
      ];
      const own = ['./sql/claim.js', '../engine.js', 'node:fs'];
      plantation.plant(
        path,
        [...forbidden, ...own].map((source) => `import '${source}';`),
      );
      const refused = plantation.refused('style/noRestrictedImports');
      const verdicts = [...forbidden, ...own].filter((_, index) => refused.has(`${path}:${index + 1}`));
      expect(verdicts).toEqual(forbidden);
    },
  );

  it('lets a library import only what its own package.json declares', () => {
    const path = 'libs/idempotency/src/planted.ts';
    plantation.copy('libs/idempotency/package.json');
    plantation.plant(
      path,
      ['structured-headers', 'pg', 'kafkajs', 'fastify', 'zod'].map((source) => `import '${source}';`),
    );
    const refused = [...plantation.refused('correctness/noUndeclaredDependencies')].filter((at) =>
      at.startsWith(path),
    );
    expect(refused.sort()).toEqual([3, 4, 5].map((line) => `${path}:${line}`));
  });

  it('holds for every room of the workspace, so that a new one is not forgotten', () => {
    const rooms = JSON.parse(
      execFileSync('npm', ['query', '.workspace'], { cwd: repository, encoding: 'utf8' }),
    ) as { location: string }[];
    expect(rooms.map(({ location }) => location).sort()).toEqual(
      [...Object.keys(arrows), 'tools/workshop'].sort(),
    );
  });
});
