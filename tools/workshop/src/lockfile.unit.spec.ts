import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Locked {
  resolved?: string;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
}

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
const manifest = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> };

/** The machines that Semel is developed on, as the packages with native parts spell them. */
const machines = [
  ['Linux on x64', /(linux-x64|linux-x64-gnu)$/],
  ['Linux on arm64', /(linux-arm64|linux-arm64-gnu)$/],
  ['macOS on x64', /darwin-x64$/],
  ['macOS on arm64', /darwin-arm64$/],
] as const;

describe('package-lock.json', () => {
  // npm writes down only what it could see when it ran; a missing line shows up as a tool that does not start elsewhere.
  it.each(machines)('holds the native parts of every tool for %s', (_, machine) => {
    const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies).filter((name) => machine.test(name)),
    );
    expect(wanted.length).toBeGreaterThanOrEqual(5);
    expect(wanted.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
  });

  it('names no registry, so that it installs behind any mirror', () => {
    const named = Object.values(packages).filter(
      ({ resolved, link }) => !link && resolved?.startsWith('http'),
    );
    expect(named).toEqual([]);
  });
});

describe('install scripts', () => {
  it('are each allowed or denied by name: none runs unread', () => {
    const scripted = Object.entries(packages)
      .filter(([, locked]) => 'hasInstallScript' in locked)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(scripted.length).toBeGreaterThan(0);
    expect(scripted.filter((name) => !(name in manifest.allowScripts))).toEqual([]);
  });
});
