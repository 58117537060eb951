import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningConsole, startConsole } from '../testing/console-before.spec.js';
import { controlUpstream } from './control-upstream.js';

const root = join(__dirname, '..', '..', '..', '..');
const url = new URL('http://127.0.0.1:9');
const settings = { DEMO_CONTROL_URL: url, DEMO_CONTROL_SECRET: 'secret' };

let running: RunningConsole | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** Everything that a build of the page is made of, as one text. */
function built(page: string): string {
  const assets = join(root, 'apps/console/dist', page, 'assets');
  return readdirSync(assets)
    .filter((name) => /\.(js|css)$/.test(name))
    .map((name) => readFileSync(join(assets, name), 'utf8'))
    .join('\n');
}

/** What only somebody who breaks things needs. */
const traces = ['/api/demo', 'SIGSTOP', 'kill -9', 'Raise a storm', 'Send every event twice'];

it('builds a page without the switches, and for demonstrations one with them', () => {
  const [production, demonstration] = [built('public'), built('public-demo')];
  expect(traces.filter((trace) => production.includes(trace))).toEqual([]);
  expect(traces.filter((trace) => demonstration.includes(trace))).toEqual(traces);
});

it('has no route to a control where it was given none', async () => {
  running = await startConsole();
  const { url: at } = running;
  const answers = await Promise.all(
    ['GET', 'POST'].map((method) => fetch(`${at}/api/demo/processes/order/kill`, { method })),
  );
  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
});

it('passes on to the control with the secret, and only what its own page asks', async () => {
  running = await startConsole([], (upstream) => ({
    name: 'The stack',
    url: upstream,
    token: 'secret',
  }));
  const { url: at, inventory } = running;
  const kill = (headers: Record<string, string>) =>
    fetch(`${at}/api/demo/processes/order/kill`, { method: 'POST', headers });
  expect((await kill({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await kill({ origin: 'http://evil.example' })).status).toBe(403);
  expect(inventory.received).toEqual([]);
  expect((await kill({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  expect(inventory.received).toMatchObject([
    { method: 'POST', url: '/processes/order/kill', headers: { authorization: 'Bearer secret' } },
  ]);
});

it('refuses a control in production, and half of one anywhere', () => {
  expect(controlUpstream({}, {})).toBeUndefined();
  expect(controlUpstream(settings, {})).toMatchObject({ url, token: 'secret' });
  expect(() => controlUpstream(settings, { NODE_ENV: 'production' })).toThrow(/unset them/);
  expect(() => controlUpstream({ DEMO_CONTROL_URL: url }, {})).toThrow(/neither/);
});

it('is given no control in containers, whose image leaves out what breaks things', () => {
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  for (const file of ['docker-compose.yml', 'Dockerfile', 'deploy/image/console.mjs']) {
    expect(read(file)).not.toContain('DEMO_CONTROL');
  }
  const image = read('Dockerfile');
  expect(image).toContain('NODE_ENV=production');
  expect(image).toContain('rm -r /built/apps/console/dist/public-demo /built/tools/stack/dist/control');
});
