import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '..', '..', '..');

/** @returns the exit code */
export async function run(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
  const [status] = await once(child, 'exit');
  return status ?? 1;
}

/**
 * Installs the browser where it is missing, starts a stack of its own and runs the work with both.
 * @param work is given the variables of both; what it returns is the exit code
 */
export async function withStack(work) {
  if (!existsSync(join(here, 'node_modules', 'playwright-core'))) {
    process.stderr.write('Installing the browser (npm ci)\n');
    const status = await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here });
    if (status !== 0) return status;
  }
  // After the installation, which brings what they need.
  const [{ findChromium }, { startOwnStack }] = await Promise.all([
    import('./find-chromium.mjs'),
    import('./own-stack.mjs'),
  ]);
  const chromium = await findChromium();
  if (chromium === undefined)
    throw new Error('there is no Chromium on the PATH: install one, or name it in CHROMIUM_PATH');
  const stack = await startOwnStack(root);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  // The work hears the signal as well and ends; the stack must not be left behind.
  const wait = () => {};
  for (const signal of signals) process.on(signal, wait);
  try {
    return await work({ ...stack.variables, CHROMIUM_PATH: chromium });
  } finally {
    await stack.stop();
    for (const signal of signals) process.removeListener(signal, wait);
  }
}
