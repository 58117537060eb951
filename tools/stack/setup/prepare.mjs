import { build } from './build.mjs';
import { endWithSignals } from './child.mjs';
import { makeHome } from './folders.mjs';
import { install } from './install.mjs';
import { withSetupLock } from './lock.mjs';
import { checkRequirements } from './requirements.mjs';
import { Sentence } from './sentence.mjs';

/**
 * From a fresh clone to compiled programs; what is done already is skipped.
 * @param {{ exitCodeOfSignal: number, also?: string[] }} options `also`: programs that `npm start` does without
 */
export async function prepare(progress, { exitCodeOfSignal, also = [] }) {
  checkRequirements();
  const unlisten = endWithSignals(exitCodeOfSignal);
  try {
    makeHome();
    await withSetupLock(progress, async () => {
      await install(progress);
      await build(progress, also);
    });
  } catch (error) {
    if (error.code === 'ENOSPC')
      throw new Sentence('The disk is full: free some space and run the command again.', { cause: error });
    throw error;
  } finally {
    unlisten();
  }
}
