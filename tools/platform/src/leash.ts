import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../leash.sh', import.meta.url));

/** The file descriptor of the child that has to be a pipe from us: see leash.sh. */
export const leashDescriptor = 3;

/** The command and arguments to spawn in place of `command`, so that it ends when we do. */
export function leashed(
  command: string,
  args: readonly string[],
  signal: 'INT' | 'TERM',
  patienceSeconds: number,
): [string, string[]] {
  return ['/bin/sh', [script, signal, String(patienceSeconds), command, ...args]];
}
