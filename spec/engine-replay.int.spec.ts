import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engineConnectionOptions, migrateIdempotency } from '@semel/idempotency/pg';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import pg from 'pg';
import { exportTraces } from './replay/export-traces.js';
import type { ModelStep } from './replay/model-trace.js';
import { pictureOfEngine, pictureOfModel } from './replay/picture.js';
import { Replay } from './replay/replay.js';
import { steps, withoutCounterpart } from './replay/steps.js';

jest.setTimeout(120_000);

// The model's faults stop after 50 steps; most of a trace is at rest soon after that.
const length = 62;
/** Of 5,000 simulated traces the first in which the second look finds the caller's own answer. */
const secondLook = '0xe0274';

let database: TestDatabase;
let watching: pg.Pool;
let pools: Record<'a' | 'b', pg.Pool>;
let traces: ModelStep[][];

beforeAll(async () => {
  const migrate = async (url: string) => {
    const pool = new pg.Pool({ connectionString: url });
    await migrateIdempotency(pool);
    await pool.query('CREATE TABLE effect (key text NOT NULL, run int NOT NULL)');
    await pool.query('CREATE TABLE event (key text NOT NULL, run int NOT NULL)');
    await pool.end();
  };
  database = await createTestDatabase(migrate, 'engine-replay');
  watching = new pg.Pool({ connectionString: database.url, max: 2 });
  const own = () => new pg.Pool({ connectionString: database.url, max: 8, ...engineConnectionOptions() });
  pools = { a: own(), b: own() };
  const drawn = await Promise.all([exportTraces(24, length, '0x1'), exportTraces(1, length, secondLook)]);
  traces = drawn.flat();
});
afterAll(async () => {
  await Promise.all([watching.end(), pools.a.end(), pools.b.end()]);
  await database.drop();
});

it('has a counterpart, or a reason why not, for every action of the model', async () => {
  const model = await readFile(join(__dirname, 'models', 'engine.qnt'), 'utf8');
  const parts = ['init', 'keepShop', 'keepCallers', 'tick', 'opens', 'step', 'advances', 'replayable'];
  const actions = [...model.matchAll(/^ {2}action (\w+)/gm)].map(([, name]) => String(name));
  const mapped = [...Object.keys(steps), ...Object.keys(withoutCounterpart)];
  expect(actions.filter((name) => !parts.includes(name)).sort()).toEqual(mapped.sort());
});

it('draws traces that take every step', () => {
  const taken = new Map<string, number>();
  for (const { action } of traces.flat()) taken.set(action, (taken.get(action) ?? 0) + 1);
  for (const action of Object.keys(steps))
    expect([action, (taken.get(action) ?? 0) > 5]).toEqual([action, true]);
  for (const action of ['hearsRefusal', 'recordsLate']) expect(taken.has(action)).toBe(false);
  const secondLooks = traces.flat().filter(({ action, picks, before }) => {
    const asked = before.work.get(picks.i ?? '');
    return (
      action === 'looks' &&
      asked?.stage === 'suspecting' &&
      before.table.get(asked.key)?.request === asked.request
    );
  });
  expect(secondLooks.length).toBeGreaterThan(0);
});

it('the engine and its database are, after each step of every trace, where the model is', async () => {
  // How long a doubt lasts is measured by this clock; it stands still while a trace is replayed, whatever the machine does.
  let clock = performance.now();
  const now = jest.spyOn(performance, 'now').mockImplementation(() => clock);
  try {
    for (const [number, trace] of traces.entries()) {
      await watching.query('TRUNCATE idempotency_key, effect, event');
      const replay = new Replay(pools, watching, number % 2 === 0);
      try {
        for (const [index, step] of trace.entries())
          await follow(replay, step, `trace ${number}, step ${index + 1}`);
      } finally {
        clock += 60_000;
        await replay.end();
      }
    }
  } finally {
    now.mockRestore();
  }
});

async function follow(replay: Replay, step: ModelStep, where: string): Promise<void> {
  const { action, picks, before, after } = step;
  replay.told = undefined;
  await steps[action]?.take(replay, step);
  if (picks.i !== undefined) await replay.arrived(picks, before);
  // Committed, and the locks not released yet: no moment that PostgreSQL shows.
  if (action === 'serverCommits') return;
  const place = `${where}: ${action} ${Object.values(picks).filter(Boolean).join(' ')}`;
  expect({ place, ...(await pictureOfEngine(replay, after)) }).toEqual({ place, ...pictureOfModel(step) });
}
