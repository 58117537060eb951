#!/usr/bin/env node
import { prepare } from '../stack/setup/prepare.mjs';
import { createProgress } from '../stack/setup/progress.mjs';
// npm run compare -- [contestant …]: installs and builds what is missing, then compares.
import { runCommand } from '../stack/setup/sentence.mjs';

await runCommand(async () => {
  await prepare(createProgress(process.stderr), { exitCodeOfSignal: 130, also: ['compare'] });
  const { compare } = await import('./dist/compare.js');
  return compare(process.argv.slice(2));
});
