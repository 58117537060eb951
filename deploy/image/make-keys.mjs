#!/usr/bin/env node
// The image's `make-keys FOLDER`: the job that gives a demonstration its signing key, once.
import { makeKeys } from '../../tools/stack/dist/commands/token.js';

process.exitCode = await makeKeys(process.argv.slice(2));
