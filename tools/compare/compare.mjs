#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';

// npm run compare -- [contestant …]
if (existsSync(join(import.meta.dirname, 'dist', 'compare.js'))) {
  const { compare } = await import('./dist/compare.js');
  process.exitCode = await compare(process.argv.slice(2));
} else {
  process.stderr.write(
    'The comparison is not built yet: run npm ci && npm run build, then this command again.\n',
  );
  process.exitCode = 1;
}
