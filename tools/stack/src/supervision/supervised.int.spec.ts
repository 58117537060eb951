import { EventEmitter, once } from 'node:events';
import { ServerProcess } from '@semel/platform';
import type { Launch } from './running.js';
import { describe as describeExit } from './service.js';
import { doubling, Supervised } from './supervised.js';

const program = `console.log('up'); process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);`;

/** A real child that is ready when it says `up`. */
const launchOf =
  (text: () => string): Launch =>
  async ({ onSpawn }) => {
    let heard = () => {};
    const up = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const server = await ServerProcess.spawn({
      command: process.execPath,
      args: ['-e', text()],
      stopSignal: 'TERM',
      patienceSeconds: 5,
      onLine: (line) => line === 'up' && heard(),
    });
    onSpawn(server.pid, 4711);
    await Promise.race([up, server.exited]);
    if (server.hasExited) throw new Error('it ended');
    return { pid: server.pid, exited: server.exited.then(describeExit), stop: () => server.stop() };
  };

const observed = (
  launch: Launch,
  options: { attempts?: number; backOff?: (failures: number) => number } = {},
) => {
  const said: string[] = [];
  const events = new EventEmitter();
  const server: Supervised = new Supervised({
    name: 'order',
    launch,
    say: (line) => said.push(line),
    onChange: () => events.emit(server.state),
    ...options,
  });
  return { server, said, events };
};

it('starts one that was ready and dies again at once, without a pause, and says so', async () => {
  const pauses: number[] = [];
  const { server, said, events } = observed(
    launchOf(() => program),
    { backOff: (n) => pauses.push(n) },
  );
  await server.start();
  const first = Number(server.pid);
  const again = once(events, 'ready');
  process.kill(first, 'SIGKILL');
  await again;
  expect(server.pid).not.toBe(first);
  expect(server.port).toBe(4711);
  expect(pauses).toEqual([]);
  expect(said).toEqual([
    `order (pid ${first}) died: SIGKILL. Starting it again.`,
    `order is ready again (pid ${server.pid}).`,
  ]);
  await server.stop();
});

it('waits before the next attempt when one dies before it is ready', async () => {
  const failures: number[] = [];
  let attempt = 0;
  const { server, said } = observed(
    launchOf(() => (++attempt < 3 ? 'process.exit(1)' : program)),
    {
      backOff: (n) => {
        failures.push(n);
        return 1;
      },
    },
  );
  await server.start();
  expect(failures).toEqual([1, 2]);
  expect(said).toEqual(['it ended. Next attempt in 0.001 s.', 'it ended. Next attempt in 0.001 s.']);
  expect(server.state).toBe('ready');
  await server.stop();
});

it('counts afresh after it was ready once, and never gives up then', async () => {
  const failures: number[] = [];
  const texts = [program, 'process.exit(1)', 'process.exit(1)', 'process.exit(1)', program];
  let attempt = 0;
  const { server, events } = observed(
    launchOf(() => String(texts[attempt++])),
    {
      attempts: 2,
      backOff: (n) => {
        failures.push(n);
        return 1;
      },
    },
  );
  await server.start();
  const again = once(events, 'ready');
  process.kill(Number(server.pid), 'SIGKILL');
  await again;
  expect(failures).toEqual([1, 2, 3]);
  await server.stop();
});

it('gives up a first start that fails again and again, with the last reason', async () => {
  const { server } = observed(
    launchOf(() => 'process.exit(1)'),
    { attempts: 3, backOff: () => 1 },
  );
  await expect(server.start()).rejects.toThrow('it ended');
  expect(server.state).toBe('failed');
});

it('does not start again what was stopped, nor wait for the rest of a pause', async () => {
  const { server, said, events } = observed(
    launchOf(() => 'process.exit(1)'),
    { attempts: 9, backOff: () => 3_600_000 },
  );
  const failed = once(events, 'failed');
  const started = server.start();
  await failed;
  await server.stop();
  await started;
  expect(server.state).toBe('stopped');
  expect(said).toHaveLength(1);
});

it('restarts on request without calling it a death', async () => {
  const { server, said, events } = observed(launchOf(() => program));
  await server.start();
  const again = once(events, 'ready');
  await server.restart();
  await again;
  expect(said).toEqual([`order is ready again (pid ${server.pid}).`]);
  await server.stop();
});

it('backs off for five seconds at most', () => {
  expect([1, 2, 3, 4, 5, 50].map(doubling)).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000]);
});
