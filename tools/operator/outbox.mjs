#!/usr/bin/env node
// npm run -s outbox -- stats|list|replay|set-aside; in a container it is the executable `outbox`.
import { whenBuilt } from './built.mjs';

const { outbox, run } = await whenBuilt();
process.exitCode = await run(() => outbox(process.argv.slice(2)));
