import type { Database } from '../stage/stage.js';
import { RunningSubject } from './order-subjects.js';
import type { Run } from './run.js';

const batch = 500_000;

/** POST /orders beside a table of keys that has grown, against an empty one. */
export const growth: Run = async (stage, { seconds, rounds, warmUpSeconds, keys }) => {
  const empty = await RunningSubject.start(stage, { name: 'order-empty-table', writes: 'orders and keys' });
  const grown = await RunningSubject.start(stage, { name: 'order-grown-table', writes: 'orders and keys' });
  const { database } = grown;
  if (!database) throw new Error('Order has no database.');
  for (let filled = 0; filled < keys; filled += batch) {
    await fill(database, Math.min(batch, keys - filled));
    stage.say(`${Math.min(filled + batch, keys)} keys`);
  }
  await database.pool.query('VACUUM ANALYZE idempotency_key');
  const { rows } = await database.pool.query(
    `SELECT pg_table_size('idempotency_key')::float8 AS heap, pg_indexes_size('idempotency_key')::float8 AS indexes`,
  );
  for (const subject of [empty, grown]) {
    if (warmUpSeconds > 0) await subject.load('warm-up', { connections: 64, seconds: warmUpSeconds });
  }
  for (let round = 0; round < rounds; round += 1) {
    // The first write to each page after a checkpoint is a whole page of WAL: that is part of the price.
    await database.pool.query('CHECKPOINT');
    for (const subject of round % 2 === 0 ? [empty, grown] : [grown, empty]) {
      const { sample } = await subject.load('many', { connections: 64, seconds });
      stage.say(`round ${round + 1}: ${subject.subject.name} ${Math.round(sample.perSecond)}/s`);
    }
  }
  const [small, large] = [empty.measured('many'), grown.measured('many')];
  return {
    run: 'growth',
    seconds,
    measured: [small, large],
    figures: [
      {
        what: `${keys} keys in the table against an empty one`,
        value: large.median.perSecond / small.median.perSecond,
        target: 0.85,
        bound: 'at least',
      },
    ],
    exactness: [...(await empty.exactness()), ...(await grown.exactness())],
    notes: [
      `a key takes ${Math.round(rows[0].heap / keys)} bytes and ${Math.round(rows[0].indexes / keys)} of indexes, with an answer of 300 bytes`,
    ],
  };
};

/** Keys as clients make them (random), with answers of the usual size, a day from their end. */
async function fill({ pool }: Database, count: number): Promise<void> {
  await pool.query(
    `INSERT INTO idempotency_key (scope, key, status, fingerprint, method, path, created_at, processed_at, expires_at,
                                  response_status, response_headers, response_body)
     SELECT 'caller:customer-' || number % 1000, gen_random_uuid()::text, 'Processed',
            '1:' || encode(sha256(number::text::bytea), 'base64'), 'POST', '/orders', now(), now(), now() + interval '1 day',
            201, '{"content-type":"application/json; charset=utf-8","location":"/orders/019ab000","etag":"\\"1\\""}',
            convert_to(repeat('x', 300), 'UTF8')
     FROM generate_series(1, $1::int) AS number`,
    [count],
  );
}
