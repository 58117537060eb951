import { foldersOf, root } from './folders.js';
import { type ProcessState, readRunningState } from './stack-state.js';

/** What `stack -- env` prints, for other tools; undefined while no stack of this clone is ready. */
export async function runningEnvironment(): Promise<Readonly<Record<string, string>> | undefined> {
  const state = await readRunningState(foldersOf(root).stateFile);
  return state?.environment ?? undefined;
}

/** What `stack -- ps` prints, for other tools; none where no stack of this clone runs. */
export async function runningProcesses(): Promise<readonly ProcessState[]> {
  const state = await readRunningState(foldersOf(root).stateFile);
  return state?.processes ?? [];
}
