import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimClone, identify, isAlive } from './clone-claim.js';
import { endLeftovers } from './supervision/leftovers.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semel-claim-'));
  file = join(folder, 'stack.lock');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

it('lets one stack of a clone run, and the next one after it', async () => {
  const release = await claimClone(file);
  await expect(claimClone(file)).rejects.toThrow(`running already (pid ${process.pid})`);
  await release();
  await (await claimClone(file))();
  expect(await readdir(folder)).toEqual([]);
});

it('takes over from a stack that is gone, although its pid is in use again', async () => {
  await writeFile(file, JSON.stringify({ pid: process.pid, birth: 'some other boot/1' }));
  await (await claimClone(file))();
  expect(await readdir(folder)).toEqual([]);
});

it('takes over a claim that a full disk has cut off', async () => {
  await writeFile(file, '{"pid": 12');
  await (await claimClone(file))();
  expect(await readdir(folder)).toEqual([]);
});

it('ends a process that a killed stack has left, and never another one with its pid', async () => {
  const sleepers = [0, 1].map(() => spawn('sleep', ['600']));
  const [left, stranger] = await Promise.all(sleepers.map((child) => identify(Number(child.pid))));
  const exits = sleepers.map((child) => once(child, 'exit'));
  const ended = await endLeftovers({
    supervisor: { pid: 1, birth: 'gone' },
    environment: null,
    processes: [
      { name: 'order', pid: left!.pid, birth: left!.birth, port: 3001, state: 'ready' },
      { name: 'inventory', pid: stranger!.pid, birth: 'an earlier process/1', port: 3002, state: 'ready' },
    ],
  });
  expect(ended).toEqual([`order (pid ${left!.pid})`]);
  expect(await isAlive(left!)).toBe(false);
  expect(await isAlive(stranger!)).toBe(true);
  sleepers[1]!.kill('SIGKILL');
  await Promise.all(exits);
});
