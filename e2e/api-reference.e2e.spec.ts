import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { send } from './client.js';
import { RunningShop, type ServiceName } from './running-shop.js';

let shop: RunningShop;
let reference: string;

beforeAll(async () => {
  shop = await RunningShop.start();
  reference = await readFile(join(__dirname, '../docs/api.md'), 'utf8');
}, 120_000);
afterAll(() => shop.stop(), 60_000);

/** The cells of the table below a heading, a row at a time. */
function tableRows(heading: string): string[][] {
  const section = reference.split(new RegExp(`^#+ ${heading}$`, 'm'))[1]?.split(/^#/m)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const firstCells = (heading: string): string[] => tableRows(heading).map(([first = '']) => first);

const inBackticks = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? '');

async function routesOf(service: ServiceName): Promise<string[]> {
  const { body } = await send(shop.services[service].url, { path: '/openapi.json' });
  const paths = body.paths as Record<string, Record<string, unknown>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

it.each<[ServiceName, string]>([
  ['order', 'Order'],
  ['inventory', 'Inventory'],
])('names every route of %s, and no other', async (service, heading) => {
  const documented = firstCells(heading).flatMap(inBackticks);
  const common = new Set(firstCells('Both').flatMap(inBackticks));
  expect(documented.length).toBeGreaterThan(4);
  expect((await routesOf(service)).filter((route) => !common.has(route)).sort()).toEqual(documented.sort());
});

it('names the routes that both have', async () => {
  const paths = firstCells('Both')
    .flatMap(inBackticks)
    .map((route) => route.replace('GET ', '').replace('{code}', 'not-found'));
  for (const service of ['order', 'inventory'] as const) {
    for (const path of paths) {
      expect([path, (await send(shop.services[service].url, { path })).status]).toEqual([path, 200]);
    }
  }
});

it('names each problem with its status, and no other, and each has its page', async () => {
  const { order } = shop.services;
  const { body } = await send(order.url, { path: '/problems', headers: { accept: 'application/json' } });
  const kinds = body.items as { code: string; status: number }[];
  const rows = tableRows('Problems').map(([code = '', status]) => [inBackticks(code)[0], Number(status)]);
  expect(rows.sort()).toEqual(kinds.map(({ code, status }) => [code, status]).sort());
  for (const { code } of kinds) {
    expect([code, (await send(order.url, { path: `/problems/${code}` })).status]).toEqual([code, 200]);
  }
});

it('names the variables that a service cannot start without', async () => {
  const program = join(__dirname, '../apps/order/dist/main.js');
  const failed = await promisify(execFile)(process.execPath, [program], {
    env: { PATH: process.env.PATH ?? '' },
  }).catch((error: { stderr: string; code: number }) => error);
  const section = reference.split('## Configuration')[1] ?? '';
  const required = section
    .split('\n')
    .filter((line) => line.includes('**Required.**'))
    .flatMap((line) => inBackticks(line.split('|')[1] ?? ''));
  expect(required.length).toBeGreaterThan(3);
  for (const variable of required) expect(failed.stderr).toContain(variable);
});
