#!/usr/bin/env node
// npm start: from a fresh clone to a running shop. Plain JavaScript, because at first there is nothing else.
import { build } from './setup/build.mjs';
import { withSetupLock } from './setup/lock.mjs';
import { prepare } from './setup/prepare.mjs';
import { createProgress } from './setup/progress.mjs';
import { isBuilt } from './setup/require-built.mjs';
import { runCommand } from './setup/sentence.mjs';

const args = process.argv.slice(2);

await runCommand(async () => {
  const progress = createProgress(process.stdout);
  const asksForHelp = args.some((word) => word === '--help' || word === '-h');
  // Whoever asks for help does not want an installation for an answer.
  if (asksForHelp && !isBuilt()) {
    process.stdout.write(
      'Usage: npm start -- [--fresh] [--watch] [--instances <n>]\n\nRuns the whole shop on this machine.\n',
    );
    return 0;
  }
  if (!asksForHelp) await prepare(progress, { exitCodeOfSignal: 0 });
  const { start } = await import('./dist/index.js');
  return start(args, progress, () => withSetupLock(progress, () => build(progress)));
});
// What still is open, a watcher or a socket, must not keep a stack alive that has stopped.
process.exit();
