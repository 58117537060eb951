import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome');

const libs = ['contracts', 'idempotency', 'kafka', 'outbox', 'parking', 'service'];
const apps = ['console', 'inventory', 'order'];
const handlers = ['inventory/handlers', 'order/handlers'];
const packages = [...libs, ...apps, ...handlers, 'platform', 'platform/testing', 'stack'].map(
  (name) => `@semel/${name}`,
);

/** The arrows of the design: what each room may import of ours, in its program and, beyond that, in its specs. */
const arrows: Record<string, { program: string[]; specs: string[] }> = {
  'libs/idempotency': { program: [], specs: ['platform/testing'] },
  'libs/kafka': { program: [], specs: ['platform/testing'] },
  'libs/contracts': { program: [], specs: ['platform/testing'] },
  'libs/outbox': { program: ['idempotency'], specs: ['platform/testing'] },
  'libs/parking': {
    program: ['contracts', 'idempotency', 'kafka', 'outbox', 'service'],
    specs: ['platform/testing'],
  },
  'libs/service': { program: ['contracts'], specs: ['platform/testing'] },
  'apps/order': { program: libs, specs: ['platform/testing'] },
  'apps/inventory': { program: libs, specs: ['platform/testing'] },
  'apps/console': { program: libs, specs: ['platform/testing'] },
  'examples/payment': { program: ['idempotency', 'platform'], specs: ['platform/testing'] },
  'tools/compare': { program: [...libs, 'platform', 'platform/testing', 'stack'], specs: [] },
  'tools/compose': { program: [...libs, 'platform', 'platform/testing', 'stack'], specs: [] },
  'tools/bench': { program: [...libs, 'platform', 'platform/testing', 'stack'], specs: [] },
  'tools/demo': { program: [...libs, 'platform', 'platform/testing', 'stack'], specs: [] },
  'tools/stack': { program: [...libs, 'platform', 'platform/testing', 'stack'], specs: [] },
  'tools/operator': { program: [...libs, 'platform', 'platform/testing', 'stack'], specs: [] },
  'tools/platform': { program: [], specs: [] },
  'tools/reconcile': { program: [...libs, 'platform', 'platform/testing', 'stack'], specs: [] },
  'tools/saga': {
    program: ['contracts', 'idempotency', 'outbox', 'service', ...handlers, 'platform/testing'],
    specs: [],
  },
  'tools/torture': { program: [...libs, 'platform', 'platform/testing', 'stack'], specs: [] },
  e2e: { program: [...libs, 'platform', 'platform/testing', 'stack'], specs: [] },
  spec: { program: [...libs, 'platform', 'platform/testing', 'stack'], specs: [] },
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

  /** What Biome refuses, as `rule path:line`. All rules run: one that `--only` names runs even where it is off. */
  refused(): Set<string> {
    const run = spawnSync(
      process.execPath,
      [biome, 'lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', '.'],
      { cwd: this.#root, encoding: 'utf8', maxBuffer: 2 ** 26 },
    );
    const { diagnostics } = JSON.parse(run.stdout) as Report;
    return new Set(
      diagnostics.map(
        ({ category, location }) =>
          `${category.replace('lint/', '')} ${location.path}:${location.start.line}`,
      ),
    );
  }

  clear(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

const planted = packages.flatMap((source) => ways.map((write) => ({ source, line: write(source) })));
const undeclared = 'libs/idempotency/src/undeclared.ts';
const rooms = [...Object.keys(arrows), 'tools/workshop'];

/** What lies outside a room, by every path that leads there from a file two folders below src; then what lies inside. */
function paths(room: string): { outside: string[]; inside: string[] } {
  const repositoryRoot = `../..${room.split('/').fill('/..').join('')}`;
  return {
    outside: [
      `${repositoryRoot}/libs/outbox/src/relay.js`,
      `${repositoryRoot}/apps/order/dist/main.js`,
      '../../../outbox/src/relay.js',
      '@semel/idempotency/src/engine.js',
      '@semel/idempotency/dist/engine.js',
    ],
    inside: ['./sql/claim.js', '../engine.js', 'node:fs'],
  };
}

describe('the import boundaries', () => {
  const plantation = new Plantation();
  let refused: Set<string>;

  // All is planted before the one run of Biome: starting it takes longer than reading a hundred files.
  beforeAll(() => {
    for (const room of rooms) {
      const { outside, inside } = paths(room);
      plantation.plant(
        `${room}/src/deep/paths.ts`,
        [...outside, ...inside].map((source) => `import '${source}';`),
      );
      for (const file of ['program.ts', 'planted.int.spec.ts']) {
        plantation.plant(
          `${room}/src/deep/${file}`,
          planted.map(({ line }) => line),
        );
      }
    }
    plantation.copy('libs/idempotency/package.json');
    plantation.plant(
      undeclared,
      ['structured-headers', 'pg', 'kafkajs', 'fastify', 'zod'].map((source) => `import '${source}';`),
    );
    refused = plantation.refused();
  });
  afterAll(() => plantation.clear());

  describe.each(Object.entries(arrows))('%s', (room, { program, specs }) => {
    it.each([
      ['program', `${room}/src/deep/program.ts`, program],
      ['spec', `${room}/src/deep/planted.int.spec.ts`, [...program, ...specs]],
    ])('lets its %s import what the design allows and nothing else of ours', (_, path, allowed) => {
      const verdicts = planted.map(({ line }, index) => ({
        line,
        refused: refused.has(`style/noRestrictedImports ${path}:${index + 1}`),
      }));
      const expected = planted.map(({ source, line }) => ({
        line,
        refused: !allowed.includes(source.slice('@semel/'.length)),
      }));
      expect(verdicts).toEqual(expected);
    });
  });

  it.each(rooms)('lets nothing in %s reach into the files of another room', (room) => {
    const { outside, inside } = paths(room);
    const verdicts = [...outside, ...inside].filter((_, index) =>
      refused.has(`style/noRestrictedImports ${room}/src/deep/paths.ts:${index + 1}`),
    );
    expect(verdicts).toEqual(outside);
  });

  it('lets a library import only what its own package.json declares', () => {
    const lines = [1, 2, 3, 4, 5].filter((line) =>
      refused.has(`correctness/noUndeclaredDependencies ${undeclared}:${line}`),
    );
    expect(lines).toEqual([3, 4, 5]);
  });

  it('holds for every room of the workspace, so that a new one is not forgotten', () => {
    const { packages: locked } = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, unknown>;
    };
    const workspace = Object.keys(locked).filter((path) => path !== '' && !path.includes('node_modules'));
    expect(workspace.sort()).toEqual([...rooms].sort());
  });
});
