import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionSource } from '../connection.js';
import { ErasureIncompleteError } from '../errors.js';
import { eraseScope } from '../sql/erase-scope.js';
import { forgetStraySteps } from './forget-stray-steps.js';
import { runAlone } from './run-alone.js';

const batch = 1_000;
/** How long to come back to keys that somebody holds, and how often; milliseconds. */
const patience = 5_000;
const interval = 50;

const none = { erased: 0, left: 0 };

/** The scope that holds a caller's keys. */
export function callerScope(caller: string): string {
  return `caller:${caller}`;
}

/**
 * Forgets all keys of a scope with the answers and the recorded steps stored under them, in small autocommitted batches.
 * One that an owner works on under a lease would run again if it were forgotten: it is come back to for a while.
 *
 * @returns how many keys were forgotten
 * @throws ErasureIncompleteError where keys are left
 */
export async function eraseKeys(source: ConnectionSource, scope: string): Promise<number> {
  const until = performance.now() + patience;
  let total = 0;
  for (;;) {
    const { erased, left } = (await runAlone(source, eraseScope(scope, batch))) ?? none;
    total += erased;
    if (left > 0 && erased === batch) continue;
    await forgetStraySteps(source, batch);
    if (left === 0) return total;
    if (performance.now() > until) throw new ErasureIncompleteError(total, left);
    await pause(interval);
  }
}
