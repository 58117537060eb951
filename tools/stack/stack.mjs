#!/usr/bin/env node
import { requireBuilt } from './setup/require-built.mjs';
// npm run -s stack -- env|ps
import { runCommand } from './setup/sentence.mjs';

await runCommand(async () => {
  requireBuilt('No stack of this clone is running: npm start starts one.');
  const { stack } = await import('./dist/index.js');
  return stack(process.argv.slice(2));
});
