#!/usr/bin/env node
// npm run -s reconcile -- [--json FILE]
import { isBuilt } from '../stack/setup/require-built.mjs';

if (isBuilt()) {
  const { reconcile } = await import('./dist/index.js');
  process.exitCode = await reconcile(process.argv.slice(2));
} else {
  process.stderr.write('This clone is not built yet: npm start builds it.\n');
  process.exitCode = 2;
}
