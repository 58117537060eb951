import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '..', '..', '..');
let clone: string;

/** A clone as git makes it, as far as the commands look before anything is installed. */
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'semel-clone-'));
  for (const file of [
    'package.json',
    'tools/platform/leash.sh',
    'tools/stack/setup',
    'tools/stack/start.mjs',
    'tools/stack/stack.mjs',
    'tools/stack/token.mjs',
  ]) {
    await cp(join(repository, file), join(clone, file), { recursive: true });
  }
});

afterAll(() => rm(clone, { recursive: true, force: true }));

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: clone, encoding: 'utf8' });
  return { status, stdout, stderr };
};

it('answers stack and token in a clone that was never started with one sentence and status 1', () => {
  expect(run('tools/stack/stack.mjs', 'env')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'No stack of this clone is running: npm start starts one.\n',
  });
  expect(run('tools/stack/token.mjs', '--sub', 'alice')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'There is no signing key yet: npm start makes one.\n',
  });
});

it('helps with npm start before anything is installed', () => {
  const { status, stdout } = run('tools/stack/start.mjs', '--help');
  expect(status).toBe(0);
  expect(stdout).toContain('--fresh');
});

const check = (platform: string, version: string) =>
  run(
    '--input-type=module',
    '-e',
    `import { checkRequirements } from './tools/stack/setup/requirements.mjs';
     import { runCommand } from './tools/stack/setup/sentence.mjs';
     await runCommand(() => checkRequirements('${platform}', '${version}'));`,
  );

it.each([
  [
    'linux',
    '20.18.3',
    'Semel needs Node 20.19.0 or later, and this is Node 20.18.3: install a newer one (https://nodejs.org).\n',
  ],
  [
    'win32',
    '22.1.0',
    'Semel runs on Linux and macOS: on Windows, open a WSL terminal (https://learn.microsoft.com/windows/wsl) and run the command there.\n',
  ],
])('refuses %s with Node %s in one sentence', (platform, version, sentence) => {
  expect(check(platform, version)).toEqual({ status: 1, stdout: '', stderr: sentence });
});

it.each(['20.19.0', '22.0.0', '24.21.0'])('takes Node %s', (version) => {
  expect(check('linux', version).status).toBe(0);
});
