import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Report } from './report/report.js';

// The compiled program itself: what npm run bench runs once everything is built.
const program = resolve(__dirname, '..', 'dist', 'src', 'index.js');

it('ends with every acknowledged key in the table once, replays included, and writes what it measured', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'semel-bench-'));
  const json = join(folder, 'report.json');
  const args = ['replay', '--seconds', '1', '--rounds', '1', '--warm-up-seconds', '0', '--keys', '300'];
  const script = `import { bench } from ${JSON.stringify(program)}; process.exitCode = await bench(${JSON.stringify([...args, '--json', json, '--svg', folder])});`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  const report: Report = JSON.parse(await readFile(json, 'utf8'));
  const [run] = report.runs;
  expect(run?.exactness).toEqual([
    {
      subject: 'order-replays',
      counts: { acknowledged: 300, orders: 300, lines: 600, events: 300, keys: 300 },
      exact: true,
    },
  ]);
  expect(run?.measured.map(({ name }) => name)).toEqual(['order-replays', 'empty-handler-replays']);
  expect(await readFile(join(folder, 'replay.svg'), 'utf8')).toMatch(/^<svg/);
  await rm(folder, { recursive: true });
}, 120_000);
