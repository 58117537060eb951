import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { root } from './folders.mjs';
import { Sentence } from './sentence.mjs';

/** The programs and, by Nx, the libraries that they use. */
const everything = ['order', 'inventory', 'console', 'stack', 'operator', 'reconcile'];

/** Builds what changed since it was built last; Nx knows. @throws Sentence with what the compiler said */
export async function build(progress, also = []) {
  const projects = [...everything, ...also];
  const nx = join(root, 'node_modules', 'nx');
  const { bin } = JSON.parse(readFileSync(join(nx, 'package.json'), 'utf8'));
  let built = 0;
  const { code, output } = await run(
    process.execPath,
    [
      join(nx, bin.nx),
      'run-many',
      '-t',
      'build',
      '-p',
      projects.map((name) => `@semel/${name}`).join(','),
      '--outputStyle=stream',
    ],
    {
      cwd: root,
      env: { ...process.env, NX_TUI: 'false', NX_DAEMON: 'false', NX_NO_CLOUD: 'true', FORCE_COLOR: '0' },
      onLine: (line) => {
        const name = /^> nx run (@semel\/[\w-]+):build\s*$/.exec(line)?.[1];
        if (name === undefined) return;
        built += 1;
        progress.update(`Building: ${name}, number ${built}`);
      },
    },
  );
  if (code === 0) {
    if (built > 0) progress.say(`Built ${built} packages.`);
    return;
  }
  if (/ENOSPC|no space left/i.test(output))
    throw new Sentence(
      `The disk that holds ${root} is full: free some space there and run the command again.`,
    );
  throw new Sentence(`The build failed:\n${relevant(output)}`);
}

/** What the packages that failed have said, without npm's remarks on it; everything where Nx itself failed. */
function relevant(output) {
  const lines = output.split('\n');
  const failed = lines
    .map((line) => /^- (@semel\/[\w-]+):build$/.exec(line)?.[1])
    .filter((name) => name !== undefined);
  const said = lines.filter(
    (line) => failed.some((name) => line.startsWith(`${name}: `)) && !/: (npm (warn|error)|>) /.test(line),
  );
  return (said.length > 0 ? said : output.trim().split('\n')).join('\n');
}
