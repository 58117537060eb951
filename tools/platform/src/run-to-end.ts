import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { leashDescriptor, leashed } from './leash.js';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly onLine?: (line: string) => void;
  /** For what takes more than a moment: it ends when we do (leash.ts), and a Ctrl-C reaches it only through us. */
  readonly onLeash?: boolean;
  /** Asks it to end, by SIGTERM. */
  readonly signal?: AbortSignal;
}

/** What became of a short-lived command; `code` is undefined where it could not be started at all (`startError`). */
export interface Finished {
  readonly code: number | null | undefined;
  readonly output: string;
  readonly startError?: NodeJS.ErrnoException;
}

/** Runs a command to its end and keeps what it wrote (both streams, in the order of arrival). */
export function runToEnd(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const { onLeash = false } = options;
    const [program, words] = onLeash ? leashed(command, args, 'TERM', 5) : [command, args];
    const child = spawn(program, words, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: onLeash,
      stdio: ['ignore', 'pipe', 'pipe', onLeash ? 'pipe' : 'ignore'],
      ...(options.user === undefined ? {} : { uid: options.user.uid, gid: options.user.gid }),
    });
    const end = () => child.kill('SIGTERM');
    options.signal?.addEventListener('abort', end, { once: true });
    child.once('close', () => options.signal?.removeEventListener('abort', end));
    let output = '';
    let rest = '';
    const hear = (chunk: string) => {
      output += chunk;
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine?.(line);
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', hear);
    }
    child.once('exit', () => letGo(child.stdio[leashDescriptor] as Writable | null));
    child.once('error', (startError) => resolve({ code: undefined, output, startError }));
    child.once('close', (code) => {
      // On a leash it is the shell that looks for the program, and tells by these that it found none or may not run it.
      if (onLeash && (code === 126 || code === 127))
        resolve({ code: undefined, output, startError: new Error(output.trim()) });
      else resolve({ code, output });
    });
  });
}

/** Tells the watcher of a leash that there is nothing left to watch. */
export function letGo(pipe: Writable | null | undefined): void {
  pipe?.on('error', () => pipe.destroy());
  pipe?.end('\n');
}
