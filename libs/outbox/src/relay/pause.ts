import { setTimeout as delay } from 'node:timers/promises';

/** Waits; an aborted signal ends the wait early and without an error. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
