import { foldersOf, root } from './folders.js';
import { readRunningState } from './stack-state.js';

/** What `stack -- env` prints, for other tools; undefined while no stack of this clone is ready. */
export async function runningEnvironment(): Promise<Readonly<Record<string, string>> | undefined> {
  const state = await readRunningState(foldersOf(root).stateFile);
  return state?.environment ?? undefined;
}
