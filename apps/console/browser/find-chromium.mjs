import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * The browser of the specs: the one that CHROMIUM_PATH names, else one on the PATH, else the one of @sparticuz/chromium, which
 * unpacks itself to the temporary folder (Linux on x64 alone).
 * @returns its path
 */
export async function findChromium() {
  const { CHROMIUM_PATH, PATH = '' } = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  for (const name of names) {
    const found = PATH.split(delimiter)
      .map((folder) => join(folder, name))
      .find(isExecutable);
    if (found !== undefined) return found;
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('There is no Chromium on the PATH: install one, or name it in CHROMIUM_PATH.');
  }
  const { default: chromium } = await import('@sparticuz/chromium');
  return chromium.executablePath();
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
