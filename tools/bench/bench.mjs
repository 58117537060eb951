#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';

// npm run bench -- [http|replay|…]
if (existsSync(join(import.meta.dirname, 'dist', 'src', 'index.js'))) {
  const { bench } = await import('./dist/src/index.js');
  process.exitCode = await bench(process.argv.slice(2));
} else {
  process.stderr.write(
    'The benchmark is not built yet: run npm ci && npm run build, then this command again.\n',
  );
  process.exitCode = 1;
}
