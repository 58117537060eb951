import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

// Here because it needs what the browser's specs need: a stack that can be killed.
it('npm run demo tells its story in plain lines, kills both services and finds every promise held', () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      '-e',
      "import('./tools/demo/dist/index.js').then(async ({ demo }) => process.exit(await demo(['--fast'])))",
    ],
    { cwd: join(__dirname, '..', '..', '..'), encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(stdout).toContain('Nothing doubled, nothing got lost.');
  expect(stdout).toContain('60 clients, 60 answers, 60 orders');
  expect(stdout.match(/kill -9 \d+ \((order|inventory)\)/g)).toHaveLength(2);
  expect(stdout).not.toContain('\u001b');
  expect(status).toBe(0);
});
