import { closeSync, openSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { home } from './folders.mjs';

const file = join(home, 'setup.lock');
const heartbeat = 1_000;
/** A lock that was not touched for so long belongs to a process that was killed. */
const stale = 10_000;

/** One at a time installs and builds in a clone: a start and a test run may be called at the same moment. */
export async function withSetupLock(progress, work) {
  while (!take()) {
    progress.update('Another command is installing or building in this clone: waiting for it.');
    await delay(500);
  }
  const beat = setInterval(() => utimesSync(file, new Date(), new Date()), heartbeat);
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.removeListener('exit', release);
    release();
  }
}

function take() {
  try {
    closeSync(openSync(file, 'wx'));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (age > stale) rmSync(file, { force: true });
  return false;
}
