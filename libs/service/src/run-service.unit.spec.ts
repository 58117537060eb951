import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { pathToFileURL } from 'node:url';

const program = require.resolve('./testing/shop-process.spec.ts');
const loader = pathToFileURL(require.resolve('./testing/typescript-loader.mjs')).href;

interface Run {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  /** Resolves with the first line of stdout that matches. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  readonly exit: Promise<[code: number | null, signal: string | null]>;
}
const runs: Run[] = [];
afterEach(() => {
  for (const { child } of runs.splice(0)) child.kill('SIGKILL');
});

function run(env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, ['--import', loader, program], {
    env: { PATH: process.env.PATH ?? '', LOG_FORMAT: 'json', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output.stdout += chunk;
    for (const look of waiting) look();
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    output.stderr += chunk;
  });
  const exit = once(child, 'close') as Promise<[number | null, string | null]>;
  const line = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(output.stdout);
        if (found === null) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      void exit.then(() => reject(new Error(`ended first: ${output.stdout} ${output.stderr}`)));
      look();
    });
  const started = { child, output, line, exit };
  runs.push(started);
  return started;
}
const urlOf = async ({ line }: Run) => (await line(/"url":"(http[^"]+)"/))[1];

it.each(['SIGTERM', 'SIGINT'] as const)(
  'finishes the running request after %s and exits 0',
  async (signal) => {
    const shop = run();
    const url = await urlOf(shop);
    const answer = fetch(`${url}/slow`);
    await shop.line(/slow request arrived/);
    shop.child.kill(signal);
    await shop.line(/"msg":"stopping"/);
    // The same Ctrl-C, heard a second time.
    shop.child.kill(signal);
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    shop.child.send('release');
    expect(await (await answer).json()).toEqual({ finished: true });
    expect(await shop.exit).toEqual([0, null]);
    expect(shop.output.stdout).toMatch(/"msg":"stopped"/);
  },
);

it('exits 0 when it is stopped while it starts', async () => {
  const shop = run({ LOG_LEVEL: 'debug' });
  await shop.line(/"context":"InstanceLoader"/);
  shop.child.kill('SIGTERM');
  expect(await shop.exit).toEqual([0, null]);
  expect(shop.output.stderr).toBe('');
});

it('tells all wrong variables in one message and exits 1', async () => {
  const shop = run({ PORT: 'x', LOG_LEVEL: 'y' });
  expect(await shop.exit).toEqual([1, null]);
  expect(shop.output.stderr).toBe(
    `shop can't start: 2 environment variables are wrong:
  PORT is "x": set it to a port from 0 (any free one) to 65535
  LOG_LEVEL is "y": set it to fatal, error, warn, info, debug, trace or silent
`,
  );
});

it('names a taken port and exits 1', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const shop = run({ PORT: port });
  expect(await shop.exit).toEqual([1, null]);
  expect(shop.output.stderr).toBe(
    `shop can't start: port ${port} is taken by another process. Stop that one, or set PORT to a free port.\n`,
  );
  server.close();
});

it('tells a failing start in one sentence and exits 1', async () => {
  const shop = run({ BREAK_START: '1' });
  expect(await shop.exit).toEqual([1, null]);
  expect(shop.output.stderr).toBe("shop can't start: the relay has no table: run the migrations\n");
});

it('ends with a log line and exit code 1 on a rejection that nobody handles', async () => {
  const shop = run();
  await urlOf(shop);
  shop.child.send('reject');
  expect(await shop.exit).toEqual([1, null]);
  expect(shop.output.stdout).toMatch(/"level":"fatal".*nobody caught me/);
});
