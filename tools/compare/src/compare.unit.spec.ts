import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contestants, peers, semel } from './contestants.js';
import { kept, markdown } from './markdown.js';
import { scenarios } from './scenarios/index.js';
import { judge, once, times } from './scenarios/scenario.js';

const repository = join(__dirname, '../../..');

it('plays at least twenty scenarios, each with a promise of its own', () => {
  const promises = scenarios.map(({ promise }) => promise);
  expect(new Set(promises).size).toBe(promises.length);
  expect(promises.length).toBeGreaterThanOrEqual(20);
});

it('pins what it installs, has a program for each, and makes none of it a dependency of this repository', () => {
  const lockfile = readFileSync(join(repository, 'package-lock.json'), 'utf8');
  for (const { name, version, packages, program } of peers) {
    expect(packages[name]).toBe(version);
    expect(Object.values(packages).filter((wanted) => !/^\d+\.\d+\.\d+$/.test(wanted))).toEqual([]);
    expect(existsSync(join(repository, 'tools/compare/contestants', program))).toBe(true);
    expect(lockfile).not.toContain(`node_modules/${name}"`);
  }
});

it.each([
  ['kept', 1, 201],
  ['broken', 2, 201],
  ['broken', 0, 201],
  ['broken', 1, 409],
])(
  'calls it %s when the effect happened %d times and the retry was told %d',
  async (verdict, count, status) => {
    const effect = { happened: async () => count } as Parameters<typeof once>[0];
    expect((await once(effect, status)).verdict).toBe(verdict);
  },
);

it('writes a table of whole columns, whatever was seen', () => {
  const findings = scenarios.map((_, index) => judge(index > 0, `a | b\n${times(index)}`));
  const page = markdown(
    contestants.map((contestant) => ({ contestant, findings })),
    scenarios,
    '2026-01-02',
  );
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  expect(rows).toHaveLength(scenarios.length + 3);
  for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(contestants.length + 3);
  expect(page).toContain('on 2026-01-02');
  expect(kept({ contestant: semel, findings })).toBe(scenarios.length - 1);
});
