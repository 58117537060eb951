import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './folders.mjs';
import { checkRequirements } from './requirements.mjs';
import { Sentence } from './sentence.mjs';

/** For commands that only make sense after a start. @throws Sentence in a clone that was never built */
export function requireBuilt(sentence) {
  checkRequirements();
  if (!isBuilt()) throw new Sentence(sentence);
}

export function isBuilt() {
  const needed = [join(root, 'tools', 'stack', 'dist', 'index.js'), join(root, 'node_modules', 'commander')];
  return needed.every((file) => existsSync(file));
}
