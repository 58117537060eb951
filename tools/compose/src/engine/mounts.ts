import { readFile } from 'node:fs/promises';
import { succeeds } from './run.js';

/** Unmounts whatever is mounted in a folder or below it: what a run that was killed has left would keep it from being removed. */
export async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? [])
    .filter((point) => point === folder || point.startsWith(`${folder}/`));
  // The deepest first.
  for (const point of mounts.reverse()) await succeeds(['umount'], [point], process.env);
}
