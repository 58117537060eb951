import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../clone-claim.js';
import type { StackState } from '../stack-state.js';
import { signalIfThere } from './signal-if-there.js';

/** Longer than a service may drain. */
const patience = 20_000;

/**
 * Ends what a stack that was killed has left running: the processes of its last state that still are the ones that it
 * started, by pid and moment of birth.
 * @returns their names
 */
export async function endLeftovers(state: StackState | undefined): Promise<string[]> {
  const ended = (state?.processes ?? []).map(async ({ name, pid, birth }) => {
    if (pid === null || birth === null) return [];
    const identity = { pid, birth };
    if (!(await isAlive(identity))) return [];
    // Somebody may have stopped it on the console's page: then it hears nothing else.
    signalIfThere(pid, 'SIGCONT');
    // PostgreSQL takes SIGTERM for "when the last client has left"; SIGINT is its word for now.
    signalIfThere(pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
    const deadline = Date.now() + patience;
    while (await isAlive(identity)) {
      if (Date.now() > deadline) signalIfThere(pid, 'SIGKILL');
      await delay(50);
    }
    return [`${name} (pid ${pid})`];
  });
  return (await Promise.all(ended)).flat();
}
