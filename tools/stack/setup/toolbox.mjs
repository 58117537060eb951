import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { root } from './folders.mjs';
import { withSetupLock } from './lock.mjs';
import { Sentence } from './sentence.mjs';

/**
 * Installs what only some tests need and `npm start` does not: a folder with a package.json and a lockfile of its own,
 * which is no workspace. What is there already is skipped.
 */
export async function installToolbox(progress, folder) {
  const path = join(root, folder);
  const wanted = createHash('sha256')
    .update(readFileSync(join(path, 'package-lock.json')))
    .digest('hex');
  const stamp = join(path, 'node_modules', '.semel-installed');
  await withSetupLock(progress, async () => {
    if (stampOf(stamp) === wanted) return;
    progress.say(`Installing what the tests in ${folder} need (npm ci)`);
    const { code, output } = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: path,
    });
    if (code !== 0)
      throw new Sentence(
        `npm ci in ${folder} failed:\n${output.trim()}\nRun npm test again once that is mended.`,
      );
    writeFileSync(stamp, wanted);
  });
}

function stampOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
