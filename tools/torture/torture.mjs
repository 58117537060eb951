#!/usr/bin/env node
import { prepare } from '../stack/setup/prepare.mjs';
import { createProgress } from '../stack/setup/progress.mjs';
// npm run torture -- [--seconds 60 --seed 7 …]: installs and builds what is missing, then tortures.
import { runCommand } from '../stack/setup/sentence.mjs';

await runCommand(async () => {
  await prepare(createProgress(process.stderr), {
    exitCodeOfSignal: 130,
    also: ['torture', 'example-payment'],
  });
  const { torture } = await import('./dist/index.js');
  return torture(process.argv.slice(2));
});
