// npm run check: everything that can be told of this repository without a database, in under a minute.
import { join } from 'node:path';
import { endWithSignals, run } from '../stack/setup/child.mjs';
import { makeHome, root } from '../stack/setup/folders.mjs';
import { install } from '../stack/setup/install.mjs';
import { withSetupLock } from '../stack/setup/lock.mjs';
import { createProgress } from '../stack/setup/progress.mjs';
import { checkRequirements } from '../stack/setup/requirements.mjs';
import { runCommand } from '../stack/setup/sentence.mjs';

const packages = join(root, 'node_modules');

/** The longest first: two run at a time, and the last one to start should be a short one. */
const steps = [
  {
    name: 'build and types',
    bin: 'nx/dist/bin/nx.js',
    args: ['run-many', '-t', 'build', 'typecheck', '--parallel=2', '--outputStyle=static'],
  },
  { name: 'unit specs', bin: 'jest/bin/jest.js', args: ['-c', 'jest.config.mjs', '\\.unit\\.spec\\.ts$'] },
  {
    name: 'format, lint and boundaries',
    bin: '@biomejs/biome/bin/biome',
    args: ['check', '--error-on-warnings', '.'],
  },
  { name: 'unused files, exports and dependencies', bin: 'knip/bin/knip.js', args: [] },
  { name: 'compose file', bin: 'dclint/bin/dclint.cjs', args: ['docker-compose.yml', '--max-warnings', '0'] },
];

const environment = {
  ...process.env,
  FORCE_COLOR: '0',
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
  NX_TUI: 'false',
};

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

async function take({ name, bin, args }) {
  const start = performance.now();
  const { code, output } = await run(process.execPath, [join(packages, bin), ...args], {
    cwd: root,
    env: environment,
  });
  console.log(`${code === 0 ? 'passed' : 'FAILED'}  ${seconds(start).padStart(7)}  ${name}`);
  return code === 0 ? undefined : { name, output };
}

async function check() {
  checkRequirements();
  const unlisten = endWithSignals(130);
  makeHome();
  const progress = createProgress(process.stderr);
  return withSetupLock(progress, async () => {
    await install(progress);
    const start = performance.now();
    const waiting = [...steps];
    const failures = [];
    const hand = async () => {
      for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
        const failure = await take(step);
        if (failure !== undefined) failures.push(failure);
      }
    };
    await Promise.all([hand(), hand()]);
    unlisten();
    for (const { name, output } of failures) console.log(`\n--- ${name} ---\n${output.trim()}`);
    const failed = failures.map(({ name }) => name).join('; ');
    console.log(
      `\nCheck ${failed === '' ? 'passed' : 'failed'} after ${seconds(start)}${failed && `: ${failed}`}`,
    );
    return failures.length === 0 ? 0 : 1;
  });
}

await runCommand(check);
