import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { ServiceProcess } from './service-process.js';

let folder: string;
let started: ServiceProcess[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semel-service-'));
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((service) => service.kill()));
  await rm(folder, { recursive: true, force: true });
});

async function spawned(program: string): Promise<ServiceProcess> {
  const file = join(folder, 'program.cjs');
  await writeFile(file, program);
  const service = await ServiceProcess.spawn({
    name: 'a service',
    program: file,
    port: await freePort(),
    environment: { GREETING: 'hello' },
    logFile: join(folder, 'log'),
  });
  started.push(service);
  return service;
}

/** Says at its third time of asking that it is ready. */
const service = `
  let asked = 0;
  require('node:http').createServer((request, response) => {
    response.statusCode = request.url === '/health/ready' && ++asked < 3 ? 503 : 200;
    response.end(String(asked));
  }).listen(process.env.PORT, process.env.HOST);
  process.on('SIGTERM', () => { console.log(process.env.GREETING, process.env.SERVICE_INSTANCE); process.exit(3); });`;

const asked = async ({ url }: ServiceProcess) => Number(await (await fetch(url)).text());

it('waits until the service says that it is ready, stops it in good order and leaves its log', async () => {
  const running = await (await spawned(service)).ready();
  expect(await asked(running)).toBe(3);
  expect(await running.stop()).toEqual({ code: 3, signal: null });
  expect(await readFile(join(folder, 'log'), 'utf8')).toBe('hello a service\n');
});

it.each([
  ['by itself', 'process.exit(4)', '4'],
  ['by a signal', "process.kill(process.pid, 'SIGKILL')", 'SIGKILL'],
])('says how a service ended that never became ready: %s', async (_how, program, how) => {
  const doomed = await spawned(program);
  await expect(doomed.ready()).rejects.toMatchObject({
    code: 'service-start',
    message: `a service ended (${how}) before it was ready: see ${join(folder, 'log')}.`,
  });
});

it('kills without a goodbye, also a service whose clock is stopped', async () => {
  const running = await (await spawned(service)).ready();
  running.hold();
  expect(await running.kill()).toEqual({ code: null, signal: 'SIGKILL' });
  expect(await readFile(join(folder, 'log'), 'utf8')).toBe('');
});

it('lets a service whose clock was stopped go on', async () => {
  const running = await (await spawned(service)).ready();
  running.hold();
  const answer = asked(running);
  const first = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 200, 'silence'))]);
  expect(first).toBe('silence');
  running.letGo();
  expect(await answer).toBe(3);
});
