#!/usr/bin/env node
import { createProgress } from './setup/progress.mjs';
import { requireBuilt } from './setup/require-built.mjs';
// The stack as npm start runs it, for tests: they have installed and built everything before.
import { runCommand } from './setup/sentence.mjs';

await runCommand(async () => {
  requireBuilt('This clone is not built yet: npm start builds it.');
  const { start } = await import('./dist/index.js');
  return start(process.argv.slice(2), createProgress(process.stdout), async () => {});
});
process.exit();
