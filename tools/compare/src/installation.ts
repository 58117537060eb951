import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import type { Contestant } from './contestants.js';

const run = promisify(execFile);

/**
 * Installs what a contestant needs into a folder of its own below `.semel/compare`, unless it is there, and puts its
 * program beside it. Nothing of it is a dependency of this repository.
 * @returns the program to start
 */
export async function install(contestant: Contestant, home: string, programs: string): Promise<string> {
  if (isAbsolute(contestant.program)) return contestant.program;
  const folder = join(home, contestant.name.replace('/', '+'));
  const manifest = JSON.stringify({ private: true, type: 'module', dependencies: contestant.packages });
  const stamp = join(folder, 'installed.json');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== manifest) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), manifest);
    // Scripts of packages have no business here, and peers of a library that nobody uses (DynamoDB, Redis) neither.
    const options = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps'];
    await run('npm', ['install', ...options], { cwd: folder, maxBuffer: 2 ** 26 });
    writeFileSync(stamp, manifest);
  }
  for (const file of ['effect.mjs', contestant.program]) cpSync(join(programs, file), join(folder, file));
  return join(folder, contestant.program);
}
