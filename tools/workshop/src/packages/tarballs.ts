import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const repository = resolve(__dirname, '../../../..');
const run = promisify(execFile);

/** The rooms that others install, by the folder below libs. */
export const libraries = ['idempotency', 'kafka', 'outbox'] as const;
export type Library = (typeof libraries)[number];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export interface Tarball {
  readonly manifest: Manifest;
  readonly file: string;
  /** Paths inside the package. */
  readonly files: readonly string[];
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Packs the libraries as `npm pack` does for everybody, their builds included. */
export async function packLibraries(destination: string): Promise<Record<Library, Tarball>> {
  const workspaces = libraries.map((library) => `--workspace=libs/${library}`);
  const { stdout } = await npm(
    repository,
    'pack',
    '--json',
    `--pack-destination=${destination}`,
    ...workspaces,
  );
  // npm 11 answers a list, later ones an object by name.
  const packed = Object.values(
    JSON.parse(stdout) as Record<string, { name: string; filename: string; files: { path: string }[] }>,
  );
  const tarballs = libraries.map((library): [Library, Tarball] => {
    const manifest = manifestOf(join(repository, 'libs', library));
    const own = packed.find(({ name }) => name === manifest.name);
    if (!own) throw new Error(`npm pack told nothing of ${manifest.name}: ${stdout}`);
    return [
      library,
      { manifest, file: join(destination, own.filename), files: own.files.map(({ path }) => path) },
    ];
  });
  return Object.fromEntries(tarballs) as Record<Library, Tarball>;
}

/** Runs npm as a person would in `folder`, whatever npm runs us. */
export function npm(folder: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const inherited = /^npm_(lifecycle|package|command|config_(local_prefix|workspace))/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !inherited.test(name)));
  return run('npm', args, { cwd: folder, env, maxBuffer: 2 ** 26 });
}
