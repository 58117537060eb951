import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './folders.mjs';

const leash = join(root, 'tools', 'platform', 'leash.sh');

const running = new Set();
let interrupted = false;

/**
 * Runs a program of the set-up in a process group of its own, so that a signal ends all of it, and on a leash, so that
 * an installation does not go on behind the back of the next one when we are killed.
 * @returns its exit code, and what it wrote
 */
export function run(
  command,
  args,
  { cwd, env = process.env, onLine = () => {}, output: kept = 'pipe' } = {},
) {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', [leash, 'TERM', '3', command, ...args], {
      cwd,
      env,
      stdio: ['ignore', kept, kept, 'pipe'],
      detached: true,
    });
    running.add(child);
    let output = '';
    let rest = '';
    const hear = (chunk) => {
      output += chunk;
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) onLine(line);
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', hear);
    child.once('error', (error) => {
      running.delete(child);
      reject(error);
    });
    child.stdio[3]?.on('error', () => child.stdio[3].destroy());
    child.once('exit', () => child.stdio[3].end('\n'));
    child.once('close', (code) => {
      running.delete(child);
      // Whoever was interrupted has nothing left to do: the process ends with the status of a clean stop.
      if (!interrupted) resolve({ code, output });
    });
  });
}

/**
 * Until the returned function is called, SIGINT, SIGTERM and SIGHUP end what run() started and then this process.
 * @param exitCode 0 for a command whose way to end is the signal
 */
export function endWithSignals(exitCode) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const end = () => {
    if (interrupted) return;
    interrupted = true;
    const children = [...running];
    for (const child of children) signal(child, 'SIGTERM');
    if (children.length === 0) process.exit(exitCode);
    let left = children.length;
    for (const child of children) {
      child.once('close', () => {
        left -= 1;
        if (left === 0) process.exit(exitCode);
      });
    }
    setTimeout(() => {
      for (const child of children) signal(child, 'SIGKILL');
      process.exit(exitCode);
    }, 5_000).unref();
  };
  for (const name of signals) process.on(name, end);
  return () => {
    for (const name of signals) process.removeListener(name, end);
  };
}

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
