#!/usr/bin/env node
import { requireBuilt } from './setup/require-built.mjs';
// npm run -s token -- --sub alice [--role operator]; in a container it is the executable `token`.
import { runCommand } from './setup/sentence.mjs';

await runCommand(async () => {
  requireBuilt('There is no signing key yet: npm start makes one.');
  const { token } = await import('./dist/commands/token.js');
  return token(process.argv.slice(2));
});
