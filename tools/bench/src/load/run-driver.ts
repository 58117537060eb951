import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadResult, Plan } from './plan.js';

const program = fileURLToPath(new URL('./driver-process.js', import.meta.url));

/**
 * Drives load from a process of its own.
 *
 * @param onStart called when the driver is up and about to begin
 * @throws Error when the driver ends without a result
 */
export async function runDriver(plan: Plan, onStart: () => void = () => undefined): Promise<LoadResult> {
  const child = fork(program, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`The load driver ended with ${code} before it had a result.`);
  });
  await Promise.race([once(child, 'message'), exited]);
  onStart();
  child.send(plan);
  const [result]: LoadResult[] = await Promise.race([once(child, 'message'), exited]);
  exited.catch(() => undefined);
  if (result === undefined) throw new Error('The load driver sent nothing.');
  return result;
}
