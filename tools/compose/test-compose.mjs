#!/usr/bin/env node
// npm run test:compose: installs and builds what is missing, and tries docker-compose.yml in containers.
import { prepare } from '../stack/setup/prepare.mjs';
import { createProgress } from '../stack/setup/progress.mjs';
import { runCommand } from '../stack/setup/sentence.mjs';

await runCommand(async () => {
  const progress = createProgress(process.stderr);
  await prepare(progress, { exitCodeOfSignal: 130, also: ['compose'] });
  const { testCompose } = await import('./dist/index.js');
  return testCompose(process.argv.slice(2), progress);
});
