#!/usr/bin/env node
// The image's `outbox`: docker compose exec order outbox stats
import { outbox, run } from '../../tools/operator/dist/index.js';

process.exitCode = await run(() => outbox(process.argv.slice(2)));
