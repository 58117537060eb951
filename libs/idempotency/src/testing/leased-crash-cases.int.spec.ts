import { AssertionError } from 'node:assert';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import type { ConnectionSource } from '../connection.js';
import { Engine } from '../engine/engine.js';
import {
  LeasedDatabase,
  type Instance as LeasedInstance,
  operation,
} from '../leased/leased-database.spec.js';
import { LeasedEngine, type LeasedWork } from '../leased/leased-engine.js';
import type { LeasedOperation } from '../leased/leased-operation.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import type { LeasedEngineUnderTest } from './contract/leased.js';
import type { Instance } from './crash-suite.js';
import { type LeasedCrashTarget, leasedCrashCases } from './leased-crash-cases.js';
import { forgetful, rewriting } from './planted-leases.spec.js';

interface Process extends Instance {
  readonly database: DataSource;
  readonly engine: LeasedEngineUnderTest;
}

const database = new LeasedDatabase();
/** The outside world, which keeps what it was asked. */
let outside: pg.Pool;

beforeAll(async () => {
  await database.create();
  outside = new pg.Pool({ connectionString: database.url, max: 2 });
});
beforeEach(() => database.clear());
afterAll(async () => {
  await outside.end();
  await database.drop();
});

const call = (key: string, derived: string) =>
  outside.query('INSERT INTO call (key, derived) VALUES ($1, $2)', [key, derived]);
const insert = (name: string) => ({ text: 'INSERT INTO effect (name) VALUES ($1)', values: [name] });

/** Asks the outside world twice, writes in between, and writes last. */
const pay: LeasedWork<string> = async (leased) => {
  const { key } = leased;
  await leased.step('authorise', (step) => call(key, step.key).then(() => 'authorised'));
  await leased.write('ledger', (transaction) => transaction.query(insert(`${key}: ledger`)));
  await leased.step('capture', (step) => call(key, step.key).then(() => 'captured'));
  await leased.finish((transaction) => transaction.query(insert(key)));
  return { status: 201, body: Buffer.from(key) };
};

type EngineOf = (connections: ConnectionSource) => LeasedEngineUnderTest;
const soundEngine: EngineOf = (connections) => new LeasedEngine(connections, new Engine(connections));

/** All that a user writes, but for what the outside world is. */
function target(handler = pay, engineOf = soundEngine): LeasedCrashTarget<Process> {
  return {
    start: async () => {
      const { source }: LeasedInstance = await database.instance();
      return {
        database: source,
        engine: engineOf(new TypeOrmConnections(source)),
        // The database of the spec closes the pools; here a process is at most asked to.
        stop: async () => undefined,
      };
    },
    send: ({ engine }, key) => engine.execute(operation(key), handler),
    effects: async (_, key) => {
      const { rows } = await outside.query('SELECT FROM effect WHERE name = $1', [key]);
      return rows.length;
    },
    calls: async (_, key) => {
      const { rows } = await outside.query<{ derived: string }>('SELECT derived FROM call WHERE key = $1', [
        key,
      ]);
      return rows.map(({ derived }) => derived);
    },
    patience: 3_000,
  };
}

describe('a leased operation with steps, a write and last writes', () => {
  it.each(leasedCrashCases(target()))('$name', ({ run }) => run());
});

const died = (point: string) => `has one effect and one answer when the process dies ${point}`;

/** Claim, handler and answer in one transaction: the outside world is asked before anybody can see the claim. */
const unleased: EngineOf = (connections) => {
  const engine = new Engine(connections);
  return {
    execute: async (asked, work) => {
      const [outcome] = await engine.execute([asked], async () => [
        await work({
          key: asked.key,
          step: async (_: string, take: (step: { key: string }) => Promise<unknown>) =>
            take({ key: asked.key }),
          write: async () => undefined,
          finish: async () => undefined,
        } as unknown as LeasedOperation<never>),
      ]);
      return outcome ?? { kind: 'in-flight' };
    },
  };
};

const askTwice: LeasedWork<string> = async (leased) => {
  await leased.step('charge', async (step) => {
    await call(leased.key, step.key);
    await call(leased.key, step.key);
    return 'charged';
  });
  await leased.finish((transaction) => transaction.query(insert(leased.key)));
  return { status: 201 };
};

type Planted = [string, string, RegExp, LeasedCrashTarget<Process>];
const planted: Planted[] = [
  [
    'claims with the answer',
    died('before the claim is committed'),
    /never came to the point/,
    target(pay, unleased),
  ],
  [
    'claims with the answer',
    died('after the claim is committed'),
    /never came to the point/,
    target(pay, unleased),
  ],
  [
    'asks the outside world outside of its steps',
    died('after the record of a step'),
    /asked 4 times instead of 3/,
    target(async (leased) => {
      await call(leased.key, leased.keyFor('charge'));
      return pay(leased);
    }),
  ],
  [
    'gives the outside world a key of its own making',
    died('in a step, after its effect and before its record'),
    /downstream keys instead of/,
    target(async (leased) => {
      await leased.step('charge', () => call(leased.key, randomUUID()).then(() => 'charged'));
      await leased.finish((transaction) => transaction.query(insert(leased.key)));
      return { status: 201 };
    }),
  ],
  [
    'takes no step',
    died('after the record of a step'),
    /took no step/,
    target(async (leased) => {
      await call(leased.key, leased.keyFor('charge'));
      await leased.finish((transaction) => transaction.query(insert(leased.key)));
      return { status: 201 };
    }),
  ],
  [
    'forgets what was recorded',
    died('after the record of a step'),
    /asked 3 times instead of 2/,
    target(pay, forgetful),
  ],
  ...[
    'calls once, has one effect and repeats its answer when nothing goes wrong',
    'has one effect when two instances are asked at once',
    'has one effect and one answer when the connection is lost before the completion',
  ].map((name): Planted => ['asks twice in one step', name, /asked 2 times instead of 1/, target(askTwice)]),
  [
    'writes last past its operation',
    died('before the completion'),
    /there 2 times instead of 1/,
    target(async (leased) => {
      await leased.step('charge', (step) => call(leased.key, step.key).then(() => 'charged'));
      await outside.query(insert(leased.key).text, [leased.key]);
      return { status: 201 };
    }),
  ],
  [
    'is never marked as done',
    died('after the completion, before its answer'),
    /there 2 times instead of 1/,
    target(
      pay,
      rewriting((statement, run) =>
        run({
          values: statement.values ?? [],
          text: statement.text.replace(
            "SET status = 'Processed', leased_until = NULL",
            "SET status = 'Received', leased_until = NULL /* SET status = 'Processed' */",
          ),
        }),
      ),
    ),
  ],
];

it.each(planted)('catches an operation that %s: %s', async (_, name, message, broken) => {
  const found = leasedCrashCases(broken).find((each) => each.name === name);
  const verdict = await found?.run().catch((error: unknown) => error);
  expect(verdict).toBeInstanceOf(AssertionError);
  expect(String(verdict)).toMatch(message);
});

it('has seen each point catch something', () => {
  const caught = new Set(planted.map(([, name]) => name));
  const dying = leasedCrashCases(target()).filter(({ name }) => name.includes('the process dies'));
  expect(dying.filter(({ name }) => !caught.has(name))).toEqual([]);
});
