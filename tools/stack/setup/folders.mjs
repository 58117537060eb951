import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..', '..', '..');

/** Everything that this clone keeps between runs is below it. */
export const home = join(root, '.semel');

/** PostgreSQL, where it runs as another user than ours, passes through on its way to its own folder; nobody may list it. */
export function makeHome() {
  mkdirSync(home, { recursive: true });
  chmodSync(home, 0o711);
}
