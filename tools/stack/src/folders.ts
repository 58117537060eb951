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

/** @param home another place for all but what was downloaded: a second stack of the same clone runs there, as that of the tests does */
export function foldersOf(clone: string, home = process.env.SEMEL_HOME ?? join(clone, '.semel')): Folders {
  const data = join(home, 'data');
  return {
    root: clone,
    home,
    data,
    postgres: join(data, 'postgres'),
    kafka: join(data, 'kafka'),
    logs: join(home, 'logs'),
    keys: join(home, 'keys'),
    downloads: join(clone, '.semel', 'downloads'),
    stateFile: join(home, 'stack.json'),
  };
}
