import { spawnSync } from 'node:child_process';
import { accessSync, constants, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const onMacOs = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * The browser of the specs: the one that CHROMIUM_PATH names, else one on the PATH, else the one of @sparticuz/chromium, which
 * unpacks itself to the temporary folder (Linux on x64 alone).
 * @returns its path; undefined where this machine has none and no registry has one for it
 */
export async function findChromium() {
  const { CHROMIUM_PATH, PATH = '' } = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  const places = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  const found = [...places, ...(process.platform === 'darwin' ? onMacOs : [])].find(isExecutable);
  if (found !== undefined) return found;
  return process.platform === 'linux' && process.arch === 'x64' ? fromPackage() : undefined;
}

async function fromPackage() {
  const { default: chromium } = await import('@sparticuz/chromium');
  const path = await chromium.executablePath();
  if (runs(path)) return path;
  // A machine without a desktop lacks libraries that it needs. The package has them, and unpacks them where it takes itself to be in
  // a function of Amazon's; nothing else hangs on this variable.
  process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs22.x';
  const libraries = join(tmpdir(), 'al2023', 'lib');
  process.env.LD_LIBRARY_PATH = [libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  rmSync(path, { force: true });
  await chromium.executablePath();
  if (!runs(path)) throw new Error(`${path} does not run on this machine: name a Chromium in CHROMIUM_PATH.`);
  return path;
}

function runs(path) {
  return spawnSync(path, ['--version', '--no-sandbox'], { stdio: 'ignore' }).status === 0;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: the next one is looked at.
    return false;
  }
}
