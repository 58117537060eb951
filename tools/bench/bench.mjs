#!/usr/bin/env node
import { prepare } from '../stack/setup/prepare.mjs';
import { createProgress } from '../stack/setup/progress.mjs';
// npm run bench -- [http|replay|…]: installs and builds what is missing, then measures.
import { runCommand } from '../stack/setup/sentence.mjs';

await runCommand(async () => {
  await prepare(createProgress(process.stderr), { exitCodeOfSignal: 130, also: ['bench'] });
  const { bench } = await import('./dist/src/index.js');
  return bench(process.argv.slice(2));
});
