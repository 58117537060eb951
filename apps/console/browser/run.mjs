// npm run test:browser -w @semel/console: the page's stories in a real browser, against the running stack.
// Nothing is skipped: without a stack or a browser it fails, and says what is missing.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from './find-chromium.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');

function stackVariables() {
  const { CONSOLE_URL, ORDER_DATABASE_URL, INVENTORY_DATABASE_URL } = process.env;
  if (CONSOLE_URL && ORDER_DATABASE_URL && INVENTORY_DATABASE_URL) return {};
  const lines = execFileSync(process.execPath, [join(root, 'tools/stack/stack.mjs'), 'env'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return Object.fromEntries(
    lines
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (status !== 0) process.exit(status ?? 1);
}

try {
  if (!existsSync(join(here, 'node_modules', 'playwright-core'))) {
    process.stdout.write('Installing the browser of the specs (npm ci)\n');
    run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here });
  }
  const stack = stackVariables();
  const chromium = await findChromium();
  process.stdout.write(`Browser: ${chromium}\n`);
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(here, 'tsconfig.json')]);
  run(
    process.execPath,
    [
      join(root, 'node_modules/jest/bin/jest.js'),
      '-c',
      join(here, 'jest.config.mjs'),
      '--runInBand',
      ...process.argv.slice(2),
    ],
    {
      env: { ...process.env, ...stack, CHROMIUM_PATH: chromium },
    },
  );
} catch (error) {
  process.stderr.write(`The browser specs can't run: ${error.message}\n`);
  process.exit(1);
}
