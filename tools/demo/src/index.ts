import { runningEnvironment } from '@semel/stack';

export { demo } from './demo.js';

/** Whether a stack of this clone is ready. */
export async function isStackRunning(): Promise<boolean> {
  return (await runningEnvironment()) !== undefined;
}
