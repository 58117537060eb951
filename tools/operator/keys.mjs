#!/usr/bin/env node
// npm run -s keys -- erase --sub alice; in a container it is the executable `keys`.
import { whenBuilt } from './built.mjs';

const { keys, run } = await whenBuilt();
process.exitCode = await run(() => keys(process.argv.slice(2)));
