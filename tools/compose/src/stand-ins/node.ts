import { chmod, copyFile, cp, realpath, rm } from 'node:fs/promises';
import { arch } from 'node:os';
import { dirname, join } from 'node:path';
import { outputOf, runLong } from '../engine/run.js';
import type { StandIn } from './stand-in.js';

/** Node of exactly the release that the tag names, from npm; and the npm of this machine. */
export function nodeStandIn(tag: string): StandIn {
  const version = /^\d+\.\d+\.\d+/.exec(tag)?.[0] ?? tag;
  const program = `node-linux-${arch()}@${version}`;
  return {
    of: 'node',
    ingredients: [program],
    gather: async (context) => {
      const env = process.env;
      await runLong(['npm'], ['pack', '--silent', program], { env, cwd: context, onLine: () => {} });
      const packed = join(context, `${program.replace('@', '-')}.tgz`);
      await runLong(['tar'], ['-xzf', packed], { env, cwd: context, onLine: () => {} });
      await copyFile(join(context, 'package', 'bin', 'node'), join(context, 'node'));
      await chmod(join(context, 'node'), 0o755);
      await rm(join(context, 'package'), { recursive: true });
      await rm(packed);
      await cp(await npmOfThisMachine(), join(context, 'npm'), { recursive: true });
    },
  };
}

/** The folder of the package of the npm that is on the PATH. */
async function npmOfThisMachine(): Promise<string> {
  const found = (await outputOf(['sh'], ['-c', 'command -v npm'], process.env)).trim();
  return dirname(dirname(await realpath(found)));
}
