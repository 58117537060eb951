import { join, resolve } from 'node:path';

/** The clone that this program belongs to. */
export const root = resolve(import.meta.dirname, '..', '..', '..');

/** Where everything is that the stack of one clone keeps: `.semel/`. */
export interface Folders {
  readonly root: string;
  readonly home: string;
  readonly data: string;
  readonly postgres: string;
  readonly kafka: string;
  readonly logs: string;
  readonly keys: string;
  readonly downloads: string;
  readonly stateFile: string;
}

export function foldersOf(clone: string): Folders {
  const home = join(clone, '.semel');
  const data = join(home, 'data');
  return {
    root: clone,
    home,
    data,
    postgres: join(data, 'postgres'),
    kafka: join(data, 'kafka'),
    logs: join(home, 'logs'),
    keys: join(home, 'keys'),
    downloads: join(home, 'downloads'),
    stateFile: join(home, 'stack.json'),
  };
}
