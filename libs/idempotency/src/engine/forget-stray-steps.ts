import type { ConnectionSource } from '../connection.js';
import { sweepSteps } from '../sql/sweep-steps.js';
import { runAlone } from './run-alone.js';

/** Removes recorded steps whose operation was forgotten, batch by batch. */
export async function forgetStraySteps(source: ConnectionSource, batch: number): Promise<void> {
  for (;;) {
    const swept = (await runAlone(source, sweepSteps(batch)))?.swept ?? 0;
    if (swept < batch) return;
  }
}
