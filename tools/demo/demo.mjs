#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../stack/setup/folders.mjs';
import { prepare } from '../stack/setup/prepare.mjs';
import { createProgress } from '../stack/setup/progress.mjs';
// npm run demo: installs and builds what is missing, and starts a stack for the tour where none runs.
import { runCommand, Sentence } from '../stack/setup/sentence.mjs';

/** @returns how to end it */
async function startStack() {
  const child = spawn(process.execPath, [join(root, 'tools', 'stack', 'start.mjs')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    process.stderr.write(`${line}\n`);
    if (line === 'Ready.') {
      child.stdout.resume();
      return stop;
    }
  }
  throw new Sentence('The stack did not start: see above.');
}

await runCommand(async () => {
  const args = process.argv.slice(2);
  await prepare(createProgress(process.stderr), { exitCodeOfSignal: 130, also: ['demo'] });
  const { demo, isStackRunning } = await import('./dist/index.js');
  const asksForHelp = args.some((word) => word === '--help' || word === '-h');
  const stop = asksForHelp || (await isStackRunning()) ? undefined : await startStack();
  try {
    return await demo(args);
  } finally {
    await stop?.();
  }
});
