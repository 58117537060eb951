import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { birthOf } from './process-identity.js';
import { ServerProcess } from './server-process.js';

const leash = fileURLToPath(new URL('../leash.sh', import.meta.url));
const alive = async (pid: number) => (await birthOf(pid)) !== undefined;
const gone = async (pid: number) => {
  while (await alive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
};

const stubborn = `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000);`;
const obedient = `process.on('SIGTERM', () => { console.log('draining'); process.exit(7); }); console.log('up'); setInterval(() => {}, 1000);`;

const spawned = async (program: string, patienceSeconds = 5) => {
  let heard = () => {};
  const up = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const server = await ServerProcess.spawn({
    command: process.execPath,
    args: ['-e', program],
    stopSignal: 'TERM',
    patienceSeconds,
    onLine: (line) => line === 'up' && heard(),
  });
  await up;
  return server;
};

it('is the serving process itself, and ends in good order when it is asked to', async () => {
  const server = await spawned(obedient);
  expect(await server.stop()).toEqual({ code: 7, signal: null });
  expect(server.lastLines).toEqual(['up', 'draining']);
  expect(await alive(server.pid)).toBe(false);
});

it('kills what does not end in time', async () => {
  const server = await spawned(stubborn, 1);
  expect(await server.stop()).toEqual({ code: null, signal: 'SIGKILL' });
});

it('tells how a server ended that nobody stopped', async () => {
  const server = await spawned(obedient);
  process.kill(server.pid, 'SIGKILL');
  expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

it.each([
  ['in good order', obedient],
  ['by force where it does not want to', stubborn],
])('ends the server %s when whoever started it is killed by -9', async (_how, program) => {
  const starter = `
    const { spawn } = require('node:child_process');
    const child = spawn('/bin/sh', [${JSON.stringify(leash)}, 'TERM', '1', process.execPath, '-e', ${JSON.stringify(program)}],
      { detached: true, stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
    child.stdout.once('data', () => console.log(child.pid));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['-e', starter], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(parent.stdout, 'data');
  const pid = Number(said);
  expect(await alive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await gone(pid);
  expect(await alive(pid)).toBe(false);
});

it('gives every process a birth of its own, and none to a pid that nobody has', async () => {
  const [first, second] = await Promise.all([spawned(obedient), spawned(obedient)]);
  expect(await birthOf(first.pid)).toBe(await birthOf(first.pid));
  await Promise.all([first.stop(), second.stop()]);
  expect(await birthOf(first.pid)).toBeUndefined();
});
