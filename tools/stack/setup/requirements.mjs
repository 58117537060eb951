import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './folders.mjs';
import { Sentence } from './sentence.mjs';

/** @throws Sentence where this machine can't run the project at all */
export function checkRequirements(platform = process.platform, version = process.versions.node) {
  if (platform === 'win32') {
    throw new Sentence(
      'Semel runs on Linux and macOS: on Windows, open a WSL terminal (https://learn.microsoft.com/windows/wsl) and run the command there.',
    );
  }
  const required = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node.replace(
    '>=',
    '',
  );
  if (isOlder(version, required)) {
    throw new Sentence(
      `Semel needs Node ${required} or later, and this is Node ${version}: install a newer one (https://nodejs.org).`,
    );
  }
}

function isOlder(version, required) {
  const [have, need] = [version, required].map((text) => text.split('.').map(Number));
  for (let part = 0; part < 3; part += 1) {
    if (have[part] !== need[part]) return have[part] < need[part];
  }
  return false;
}
