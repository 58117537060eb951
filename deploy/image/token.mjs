#!/usr/bin/env node
// The image's `token`: docker compose exec order token --sub alice
import { token } from '../../tools/stack/dist/commands/token.js';

process.exitCode = await token(process.argv.slice(2));
