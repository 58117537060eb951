#!/usr/bin/env node
// The image's `parked`: docker compose exec order parked list
import { parked, run } from '../../tools/operator/dist/index.js';

process.exitCode = await run(() => parked(process.argv.slice(2)));
