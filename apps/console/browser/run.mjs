// npm run test:browser -w @semel/console: the page's stories in a real browser, against a stack that is started for them.
// Nothing is skipped silently: without a browser that can be had it fails, and says what is missing.
import { join } from 'node:path';
import { here, root, run, withStack } from './with-stack.mjs';

const node = (args, options) => run(process.execPath, args, options);

try {
  process.exitCode = await withStack(async (variables) => {
    const status = await node([
      join(root, 'node_modules/typescript/bin/tsc'),
      '-p',
      join(here, 'tsconfig.json'),
    ]);
    if (status !== 0) return status;
    const jest = join(root, 'node_modules/jest/bin/jest.js');
    return node([jest, '-c', join(here, 'jest.config.mjs'), '--runInBand', ...process.argv.slice(2)], {
      env: { ...process.env, ...variables },
    });
  });
} catch (error) {
  process.stderr.write(`The browser specs can't run: ${error.message}\n`);
  process.exitCode = 1;
}
