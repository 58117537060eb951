import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { migrateShop } from '../spec/shop.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
});
afterAll(() => database.drop());

const room = join(__dirname, '../..');
const vitest = join(room, '../../node_modules/vitest/vitest.mjs');

/** A process of its own that loads a runner: on a busy machine that alone takes half a minute; milliseconds. */
const patience = 180_000;
const died = 'has one effect and one answer when the process dies before the commit';

interface Runner {
  readonly args: readonly string[];
  readonly only: (title: string) => readonly string[];
  readonly passed: RegExp;
}

// Jest runs the same suite in crash-cases.int.spec.ts.
const runners: Record<string, Runner> = {
  'node:test': {
    args: ['--test', '--test-reporter=tap'],
    only: (title) => [`--test-name-pattern=${title}`, 'src/spec/job.node-test.mjs'],
    passed: /^# pass 15$/m,
  },
  Vitest: {
    args: [vitest, 'run', '--reporter=tap-flat'],
    only: (title) => [`--testNamePattern=${title}`, 'src/spec/job.vitest.test.mjs'],
    passed: /^1\.\.15$/m,
  },
};

async function run(args: readonly string[], handler: string): Promise<{ code: unknown; output: string }> {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, JEST_WORKER_ID: ___, ...env } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: room,
    env: { ...env, NO_COLOR: '1', JOB_DATABASE_URL: database.url, JOB_HANDLER: handler },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, complaints, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, output: output + complaints };
}

describe.each(Object.entries(runners))('the crash suite in %s', (_, { args, only, passed }) => {
  it(
    'passes a handler that keeps the promise',
    async () => {
      const { code, output } = await run([...args, ...only('.')], 'sound');
      expect(output).toMatch(passed);
      expect(output).not.toMatch(/^\s*not ok/m);
      expect(code).toBe(0);
    },
    patience,
  );

  it(
    'fails one that writes past its transaction',
    async () => {
      const { code, output } = await run([...args, ...only(died)], 'past the transaction');
      expect(output).toMatch(/^\s*not ok/m);
      expect(output).toMatch(/there 1 times instead of 0, after the process died before the commit/);
      expect(code).toBe(1);
    },
    patience,
  );
});
