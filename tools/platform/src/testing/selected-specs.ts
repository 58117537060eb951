import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** What a run of jest is about to execute, as far as it tells which servers it needs. */
export interface Needs {
  readonly postgres: boolean;
  readonly kafka: boolean;
}

/**
 * Looks at the spec files below `roots` whose path matches one of `patterns` (all of them where there is none): any
 * but a *.unit.spec.ts needs PostgreSQL; it needs Kafka where it, or a file that it imports by a relative path, calls
 * testBrokers().
 */
export async function needsOf(roots: readonly string[], patterns: readonly string[]): Promise<Needs> {
  const wanted = patterns.map((pattern) => new RegExp(pattern, 'i'));
  const specs: string[] = [];
  for (const root of roots) {
    for (const file of await specsBelow(root)) {
      if (wanted.length === 0 || wanted.some((pattern) => pattern.test(file))) specs.push(file);
    }
  }
  const withServers = specs.filter((file) => /\.(int|e2e)\.spec\.ts$/.test(file));
  const seen = new Map<string, Promise<boolean>>();
  const kafka = (await Promise.all(withServers.map((file) => mentionsBrokers(file, seen)))).includes(true);
  return { postgres: withServers.length > 0, kafka };
}

async function specsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) {
      if (!/^(node_modules|dist|\..*)$/.test(entry.name))
        found.push(...(await specsBelow(join(folder, entry.name))));
    } else if (entry.name.endsWith('.spec.ts')) {
      found.push(join(folder, entry.name));
    }
  }
  return found;
}

async function mentionsBrokers(file: string, seen: Map<string, Promise<boolean>>): Promise<boolean> {
  const known = seen.get(file);
  if (known !== undefined) return known;
  // Set before the answer is known: files may import each other in a circle.
  seen.set(file, Promise.resolve(false));
  const text = await readFile(file, 'utf8').catch(() => '');
  const answer = text.includes('testBrokers') || (await importsMention(file, text, seen));
  seen.set(file, Promise.resolve(answer));
  return answer;
}

async function importsMention(
  file: string,
  text: string,
  seen: Map<string, Promise<boolean>>,
): Promise<boolean> {
  for (const [, path] of text.matchAll(/from '(\.{1,2}\/[^']+)\.js'/g)) {
    if (await mentionsBrokers(`${resolve(dirname(file), String(path))}.ts`, seen)) return true;
  }
  return false;
}
