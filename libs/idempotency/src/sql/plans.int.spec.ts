import pg from 'pg';
import type { DataSource } from 'typeorm';
import { fileDatabase } from '../spec/file-database.spec.js';
import type { Statement } from '../statement.js';
import { completeLease } from './complete-lease.js';
import { confirmKeys } from './confirm-keys.js';
import { eraseScope } from './erase-scope.js';
import { extendLeases } from './extend-leases.js';
import { findKey } from './find-key.js';
import { forgetKeys } from './forget-keys.js';
import { holdLease } from './hold-lease.js';
import { lookUpKeys } from './look-up-keys.js';
import { readLease } from './read-lease.js';
import { forgetLease, lapseLease } from './release-lease.js';
import { forgetSteps, readSteps } from './steps.js';
import { sweepExpiredKeys } from './sweep-expired-keys.js';
import { sweepLag } from './sweep-lag.js';
import { takeOverLease } from './take-over-lease.js';

const held = { scope: 'caller:7', key: 'key 7', fence: '7' };
const keys = [held, { scope: 'caller:8', key: 'key 8' }];
const answer = { response_status: 201, response_headers: null, response_body: null, response_seal: null };

/** Whatever looks for rows of a table that may hold millions. */
const statements: [string, Statement][] = [
  ['looks keys up', lookUpKeys(keys)],
  ['looks one key up', lookUpKeys([held])],
  ['finds a key', findKey(held.scope, held.key)],
  ['confirms keys', confirmKeys(keys)],
  ['confirms one key', confirmKeys([held])],
  ['forgets keys that are over', forgetKeys(keys)],
  ['takes a lease over', takeOverLease(held, 'owner', 30, 86_400)],
  ['holds a lease', holdLease(held)],
  ['reads a lease', readLease(held)],
  ['extends leases', extendLeases([7, 8, 9].map((n) => ({ ...held, fence: String(n), seconds: 30 })))],
  ['lets a lease lapse', lapseLease(held)],
  ['forgets a lease', forgetLease(held)],
  ['completes a leased operation', completeLease(held, answer, 86_400)],
  ['reads the steps of an operation', readSteps('7')],
  ['forgets the steps of an operation', forgetSteps('7')],
  ['sweeps a batch of expired keys', sweepExpiredKeys('1', 0, 100)],
  ['tells how late the sweep is', sweepLag(0)],
  ['erases a batch of a caller’s keys', eraseScope(held.scope, 100)],
];

const database = fileDatabase();
const readsAll = /Seq Scan on idempotency_(key|step)/;

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  const text = Array.isArray(value) ? `{${value.map((item) => JSON.stringify(item)).join()}}` : String(value);
  return pg.escapeLiteral(text);
}

/** The plan that a connection keeps for a named statement, whatever its values; any other is planned for its values. */
async function planOf(source: DataSource, { name, text, values = [] }: Statement): Promise<string> {
  const runner = source.createQueryRunner();
  try {
    if (name === undefined) return linesOf(await runner.query(`EXPLAIN ${text}`, [...values]));
    await runner.query('SET plan_cache_mode = force_generic_plan');
    await runner.query(`PREPARE kept AS ${text}`);
    const plan = linesOf(await runner.query(`EXPLAIN EXECUTE kept(${values.map(literal).join()})`));
    await runner.query('DEALLOCATE kept');
    return plan;
  } finally {
    await runner.query('RESET plan_cache_mode');
    await runner.release();
  }
}

const linesOf = (plan: readonly { readonly 'QUERY PLAN': string }[]): string =>
  plan.map((line) => line['QUERY PLAN']).join('\n');

it.each(statements.filter(([, { name }]) => name !== undefined))(
  '%s without reading all of a table, also by a plan that was made while it was empty',
  async (_, statement) => expect(await planOf(database.source, statement)).not.toMatch(readsAll),
);

describe('with many keys and steps', () => {
  const rows = 20_000;
  beforeEach(async () => {
    await database.source.query(`
      INSERT INTO idempotency_step (operation_id, name, fence, recorded_at, result)
      SELECT n, 'charge', n, now(), '1' FROM generate_series(1, ${rows}) AS n`);
    await database.source.query(`
      INSERT INTO idempotency_key (scope, key, status, fingerprint, created_at, expires_at, owner, operation_id, fence, leased_until)
      SELECT 'caller:' || n % 1000, 'key ' || n, 'Received', '1:a', now(), now() + interval '1 day', 'owner', n, n, now()
      FROM generate_series(1, ${rows}) AS n`);
    await database.source.query('ANALYZE idempotency_key, idempotency_step');
  });

  it('no statement reads all of a table', async () => {
    for (const [what, statement] of statements) {
      expect(`${what}: ${await planOf(database.source, statement)}`).not.toMatch(readsAll);
    }
  });
});
