#!/usr/bin/env node
// npm run -s parked -- list|show|replay|discard; in a container it is the executable `parked`.
import { whenBuilt } from './built.mjs';

const { parked, run } = await whenBuilt();
process.exitCode = await run(() => parked(process.argv.slice(2)));
