import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { absentAs } from './absent.js';
import { type Identity, identify, isAlive } from './clone-claim.js';
import type { Watched } from './supervision/running.js';

export interface ProcessState {
  readonly name: string;
  readonly pid: number | null;
  /** With the pid, tells this process from a later one of the same pid. */
  readonly birth: string | null;
  readonly port: number | null;
  readonly state: string;
}

/** What other commands, and the next start, know of the stack: `.semel/stack.json`. */
export interface StackState {
  readonly supervisor: Identity;
  /** Set once everything is ready. */
  readonly environment: Readonly<Record<string, string>> | null;
  readonly processes: readonly ProcessState[];
}

/** The last state that was written, by a stack that may be gone. */
export async function readLastState(file: string): Promise<StackState | undefined> {
  const text = await readFile(file, 'utf8').catch(absentAs(undefined));
  try {
    return text === undefined ? undefined : (JSON.parse(text) as StackState);
  } catch {
    // Damaged: by a full disk, or by hand. It is written anew at the next change.
    return undefined;
  }
}

/** The state of the stack that runs now. */
export async function readRunningState(file: string): Promise<StackState | undefined> {
  const state = await readLastState(file);
  return state !== undefined && (await isAlive(state.supervisor)) ? state : undefined;
}

/** Writes the state after each change, one write at a time, whole or not at all. */
export class StateFile {
  environment: Readonly<Record<string, string>> | null = null;
  private readonly births = new Map<number, Promise<Identity | undefined>>();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly file: string,
    private readonly supervisor: Identity,
    private readonly look: () => readonly Watched[],
    private readonly onFailure: (error: unknown) => void,
  ) {}

  write(): Promise<void> {
    // Asked at once: a moment later the process may be gone.
    for (const { pid } of this.look())
      if (pid !== undefined && !this.births.has(pid)) this.births.set(pid, identify(pid));
    this.writing = this.writing.then(() => this.replace()).catch(this.onFailure);
    return this.writing;
  }

  /** Removes the file, after the last write. */
  close(): Promise<void> {
    this.writing = this.writing.then(() => rm(this.file, { force: true }));
    return this.writing;
  }

  private async replace(): Promise<void> {
    const processes = await Promise.all(
      this.look().map(async ({ name, pid, port, state }): Promise<ProcessState> => {
        const identity = pid === undefined ? undefined : await this.births.get(pid);
        return { name, pid: pid ?? null, birth: identity?.birth ?? null, port: port ?? null, state };
      }),
    );
    const state: StackState = { supervisor: this.supervisor, environment: this.environment, processes };
    const nursery = `${this.file}.new`;
    await writeFile(nursery, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
    await rename(nursery, this.file);
  }
}
