// npm run asyncapi: writes docs/asyncapi.json from the schemas that the services decode messages with.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncApiDocument } from '@semel/contracts';
import { root } from '../stack/setup/folders.mjs';

writeFileSync(join(root, 'docs', 'asyncapi.json'), `${JSON.stringify(asyncApiDocument(), null, 2)}\n`);
