import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Outcome } from '../operation.js';
import { type Instance, LeasedDatabase, operation } from './leased-database.spec.js';
import type { LeasedWork } from './leased-engine.js';

/** The built package: the child is a process of its own, without jest's transforms. */
const dist = join(__dirname, '../../dist');
const script = join(__dirname, '../spec/leased-process.mjs');

/** Six processes start at once, on a machine that may be busy; milliseconds. */
const patience = 120_000;

const database = new LeasedDatabase();
let successor: Instance;
const children: ChildProcess[] = [];

beforeAll(() => database.create());
beforeEach(async () => {
  await database.clear();
  successor = await database.instance();
});
// What a failed test left standing would stand for ever.
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => database.drop());

function start(key: string, point: string, end: 'SIGKILL' | 'wait'): ChildProcess {
  const child = fork(script, [dist, database.url, key, point, end], { execArgv: [] });
  children.push(child);
  return child;
}

/** The same handler as the child's, in this process. */
const work: LeasedWork<string> = async (leased) => {
  const name = leased.key;
  await leased.step('charge', async ({ key }) => {
    await database.rows('INSERT INTO call (key, derived) VALUES ($1, $2)', [name, key]);
    return 'charged';
  });
  const insert = (text: string) => ({
    text: 'INSERT INTO effect (name) VALUES ($1)',
    values: [`${name}: ${text}`],
  });
  await leased.write('ledger', (transaction) => transaction.query(insert('ledger')));
  await leased.finish((transaction) => transaction.query(insert('last')));
  return { status: 201, body: Buffer.from(`by ${leased.fence}`) };
};

/** Lets the lease run out, by the only clock that counts, and asks again as a client does. */
async function retryAfterTheLease(key: string): Promise<Outcome> {
  await database.rows(
    "UPDATE idempotency_key SET leased_until = now() - interval '1 s' WHERE key = $1 AND leased_until IS NOT NULL",
    [key],
  );
  return retry(key);
}

const retry = (key: string): Promise<Outcome> => successor.leased.execute(operation(key), work);
const calls = (key: string) =>
  database.rows<{ derived: string }>('SELECT derived FROM call WHERE key = $1', [key]);

it(
  'keeps the promise at whatever point the owner is killed (SIGKILL), calling again only with the same key',
  async () => {
    const points = [
      ['after the claim', 'executed', 1],
      ["between a step's effect and its record", 'executed', 2],
      ["after a step's record", 'executed', 1],
      ['after a write', 'executed', 1],
      ['before the completion', 'executed', 1],
      ['after the completion, before the answer', 'replayed', 1],
    ] as const;
    await Promise.all(
      points.map(async ([point, kind, called]) => {
        const [, signal] = await once(start(point, point, 'SIGKILL'), 'exit');
        expect(signal).toBe('SIGKILL');
        if (kind === 'executed') expect([point, (await retry(point)).kind]).toEqual([point, 'in-flight']);
        const outcome = await retryAfterTheLease(point);
        expect([point, outcome.kind]).toEqual([point, kind]);
        expect(await retry(point)).toEqual({ ...outcome, kind: 'replayed' });
        const derived = (await calls(point)).map((call) => call.derived);
        expect([point, derived.length, new Set(derived).size]).toEqual([point, called, 1]);
      }),
    );
    expect(await database.effects()).toEqual(
      points.flatMap(([point]) => [`${point}: last`, `${point}: ledger`]).sort(),
    );
    expect(await database.rows("SELECT FROM idempotency_key WHERE status <> 'Processed'")).toEqual([]);
    expect(await database.rows('SELECT FROM idempotency_step')).toEqual([]);
  },
  patience,
);

it(
  'lets an owner who slept past his lease (SIGSTOP) change nothing beside his successor',
  async () => {
    const points = ["between a step's effect and its record", 'before the completion'];
    await Promise.all(
      points.map(async (point) => {
        const owner = start(point, point, 'wait');
        expect(await once(owner, 'message')).toEqual([point, undefined]);
        owner.kill('SIGSTOP');
        const outcome = await retryAfterTheLease(point);
        expect(outcome.kind).toBe('executed');
        owner.kill('SIGCONT');
        owner.send('go');
        expect(await once(owner, 'message')).toEqual(['replayed', undefined]);
        await once(owner, 'exit');
        expect(await retry(point)).toEqual({ ...outcome, kind: 'replayed' });
        expect(new Set((await calls(point)).map(({ derived }) => derived)).size).toBe(1);
      }),
    );
    expect(await database.effects()).toEqual(
      points.flatMap((point) => [`${point}: last`, `${point}: ledger`]).sort(),
    );
    expect(await database.rows('SELECT FROM idempotency_step')).toEqual([]);
  },
  patience,
);
