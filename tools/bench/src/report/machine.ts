import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

const require = createRequire(import.meta.url);

/** What the figures depend on. */
export function describeMachine(): Record<string, string | number> {
  const version = (name: string): string => {
    // Packages that export no package.json are found beside their entry.
    const entry = require.resolve(name);
    const folder = entry.slice(0, entry.lastIndexOf(`node_modules/${name}`) + `node_modules/${name}`.length);
    return String(JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')).version);
  };
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    nest: version('@nestjs/core'),
    typeorm: version('typeorm'),
    pg: version('pg'),
  };
}
