import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Summary } from './report/summary.js';

// The compiled program itself: what npm run torture runs once everything is built.
const program = resolve(__dirname, '..', 'dist', 'index.js');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semel-torture-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function torture(...args: string[]): Promise<{ code: number; stdout: string; summary: Summary }> {
  const json = join(folder, 'summary.json');
  const script = `import { torture } from ${JSON.stringify(program)}; process.exit(await torture(${JSON.stringify([...args, '--json', json])}));`;
  const ended = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
  );
  return { ...ended, summary: (JSON.parse(await readFile(json, 'utf8')) as { runs: Summary[] }).runs[0]! };
}

it('finds every promise kept after 60 seconds of eight kinds of fault', async () => {
  const faults = 'kill,pause,postgres-restart,kafka-restart,lost-answer,lost-commit,duplicates,poison';
  const { code, stdout, summary } = await torture('--seconds', '60', '--seed', '1', '--faults', faults);
  // Shown first where it fails: the story of the key.
  expect({ code, stdout: code === 0 ? '' : stdout }).toEqual({ code: 0, stdout: '' });
  expect(Object.keys(summary.tally).length).toBeGreaterThanOrEqual(6);
  expect(summary.counts.operations).toBeGreaterThan(300);
  expect(summary.counts.payments).toBeGreaterThan(20);
}, 240_000);

it('ends with 1 and names the invariant when the services have a bug', async () => {
  const { code, stdout } = await torture(
    '--seconds',
    '8',
    '--faults',
    'kill',
    '--plant',
    'claim-without-lock',
  );
  expect(code).toBe(1);
  expect(stdout).toContain('key-at-most-one-order');
}, 180_000);
