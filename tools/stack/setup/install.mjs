import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { root } from './folders.mjs';
import { Sentence } from './sentence.mjs';

const modules = join(root, 'node_modules');
/** Inside node_modules, so that whoever removes the one removes the other. */
const stamp = join(modules, '.semel-installed');

/** Runs `npm ci` where what is installed is not what package-lock.json asks for. */
export async function install(progress) {
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const digest = createHash('sha256').update(`${process.platform} ${process.arch} ${text}`).digest('hex');
  if (read(stamp) === digest) return;
  const wanted = Object.entries(JSON.parse(text).packages).filter(([path]) => path !== '');
  if (!isInstalled(wanted)) await npmCi(progress, wanted);
  writeFileSync(stamp, digest);
}

/**
 * Whether npm's own list of what it put into node_modules, which it writes when it is done, says the same as
 * package-lock.json: somebody ran npm install by hand.
 */
function isInstalled(wanted) {
  const list = read(join(modules, '.package-lock.json'));
  if (list === undefined) return false;
  const found = JSON.parse(list).packages;
  return wanted.every(([path, entry]) => {
    const installed = found[path];
    if (!path.startsWith('node_modules/')) return true;
    if (installed === undefined)
      return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return (
      installed.version === entry.version &&
      (entry.link === true || existsSync(join(root, path, 'package.json')))
    );
  });
}

const isMusl =
  process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined;

/** The lockfile holds the binaries of every machine, and npm fetches only those of this one. */
function isForThisMachine({ os, cpu, libc }) {
  const fits = (list, mine) => list === undefined || list.includes(mine);
  return fits(os, process.platform) && fits(cpu, process.arch) && fits(libc, isMusl ? 'musl' : 'glibc');
}

async function npmCi(progress, wanted) {
  const paths = wanted
    .filter(
      ([path, entry]) => entry.link !== true && path.includes('node_modules/') && isForThisMachine(entry),
    )
    .map(([path]) => path);
  progress.say(`Installing ${paths.length} packages from the npm registry (npm ci)`);
  // npm ci itself tells nothing until it is done: look at what has arrived.
  const timer = setInterval(() => {
    const arrived = paths.filter((path) => existsSync(join(root, path, 'package.json'))).length;
    progress.update(`Installing: ${arrived} of ${paths.length} packages`);
  }, 500);
  try {
    const { code, output } = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
    });
    if (code === 127)
      throw new Sentence('npm is not on the PATH: install Node with npm (https://nodejs.org).');
    if (code !== 0) throw new Sentence(explain(output));
  } finally {
    clearInterval(timer);
  }
  progress.say(`Installed ${paths.length} packages.`);
}

function explain(output) {
  if (/ENOSPC|no space left/i.test(output))
    return `The disk that holds ${modules} is full: free some space there and run the command again.`;
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET/.test(output)) {
    return 'The npm registry can not be reached: check the network (or npm config get registry) and run the command again.';
  }
  return `npm ci failed:\n${output.trim()}\nRun the command again once that is mended; nothing else is needed.`;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
