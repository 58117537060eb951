import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PlatformError, type Progress, runToEnd } from '@semel/platform';

/** A program with the words that stand before every subcommand. */
export type Words = readonly [string, ...string[]];

const execute = promisify(execFile);

/** What a short command wrote to standard output. @throws PlatformError `command` with what it complained of */
export async function outputOf(
  [program, ...before]: Words,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  try {
    const { stdout } = await execute(program, [...before, ...args], { env, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    throw refused([program, ...args.slice(0, 2)].join(' '), error);
  }
}

/** Whether a short command succeeds. */
export async function succeeds(
  words: Words,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  return outputOf(words, args, env).then(
    () => true,
    () => false,
  );
}

interface LongRun {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly onLine: Progress;
  /** Ends it, and then it throws PlatformError `interrupted`. */
  readonly signal?: AbortSignal;
}

/** Whoever sees this has to clear up and go. */
export function interruption(): PlatformError {
  return new PlatformError('Interrupted.', { code: 'interrupted' });
}

/** A command that takes a while, heard line by line; it ends when we do. @throws PlatformError `command` with its last lines */
export async function runLong(
  [program, ...before]: Words,
  args: readonly string[],
  { env, cwd, onLine, signal }: LongRun,
): Promise<string> {
  if (signal?.aborted) throw interruption();
  const { code, output, startError } = await runToEnd(program, [...before, ...args], {
    cwd,
    env,
    onLeash: true,
    onLine,
    ...(signal && { signal }),
  });
  // Also where it ended well: podman's build says 0 when it was told to end.
  if (signal?.aborted) throw interruption();
  if (code === 0) return output;
  const last = output.trim().split('\n').slice(-15).join('\n');
  throw new PlatformError(
    `${[program, ...args].join(' ')} failed (${code ?? startError?.message}):\n${last}`,
    {
      code: 'command',
    },
  );
}

function refused(command: string, cause: unknown): PlatformError {
  const said =
    typeof cause === 'object' && cause !== null && 'stderr' in cause
      ? String(cause.stderr).trim()
      : String(cause);
  return new PlatformError(`${command}: ${said.split('\n').at(-1)}`, { code: 'command', cause });
}
