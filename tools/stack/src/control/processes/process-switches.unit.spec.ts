import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Watched } from '../../supervision/running.js';
import { ProcessSwitches } from './process-switches.js';

async function startSleeper(name: string) {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const watched: Watched = { name, pid: child.pid, port: 1, state: 'ready' };
  return { child, watched, ended: once(child, 'exit') };
}

/** As the system has it: S sleeps, T is stopped. */
const stateOf = (pid: number | undefined): string =>
  execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' })
    .trim()
    .charAt(0);

it('kills for good, and stops and resumes without an end', async () => {
  const { child, watched, ended } = await startSleeper('order');
  const switches = new ProcessSwitches(() => [watched]);
  switches.pause('order');
  expect(stateOf(child.pid)).toBe('T');
  expect(switches.list()).toMatchObject([{ name: 'order', paused: true, acts: ['kill', 'pause'] }]);
  switches.resume('order');
  expect(stateOf(child.pid)).toBe('S');
  switches.pause('order');
  switches.kill('order');
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(() => switches.kill('order')).toThrow('order has just gone by itself.');
});

it('wakes everybody before the stack ends, and forgets a stop with the process that was stopped', async () => {
  const first = await startSleeper('kafka');
  const second = await startSleeper('kafka');
  let current = first.watched;
  const switches = new ProcessSwitches(() => [current]);
  switches.pause('kafka');
  current = second.watched;
  expect(switches.list()).toMatchObject([{ paused: false }]);
  current = first.watched;
  switches.resumeAll();
  expect(stateOf(first.child.pid)).toBe('S');
  first.child.kill();
  second.child.kill();
  await Promise.all([first.ended, second.ended]);
});

it('lets the stack end though a process that was stopped has just gone', async () => {
  const { child, watched, ended } = await startSleeper('kafka');
  const switches = new ProcessSwitches(() => [watched]);
  switches.pause('kafka');
  child.kill('SIGKILL');
  await ended;
  switches.resumeAll();
  expect(switches.list()).toMatchObject([{ paused: false }]);
});

it('stops neither the console, which would resume it, nor what is not a process of the stack', () => {
  const switches = new ProcessSwitches(() => [
    { name: 'console', pid: process.pid, port: 1, state: 'ready' },
    { name: 'postgres', pid: undefined, port: 5432, state: 'external' },
  ]);
  expect(() => switches.pause('console')).toThrow('console is not for that.');
  expect(() => switches.kill('postgres')).toThrow('no process of this stack');
  expect(() => switches.kill('order')).toThrow('no process order');
  expect(switches.list()[1]).toMatchObject({ pid: null, acts: [] });
});
