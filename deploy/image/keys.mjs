#!/usr/bin/env node
// The image's `keys`: docker compose exec order keys erase --sub alice
import { keys, run } from '../../tools/operator/dist/index.js';

process.exitCode = await run(() => keys(process.argv.slice(2)));
