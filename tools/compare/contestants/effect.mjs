// What every contestant protects: one row in a database of its own, in a transaction of its own. Before and after it
// waits at a gate of the harness, which may hold it there, or cut something, or end the process.
import pg from 'pg';

const { BUSINESS_URL, CONTROL_URL, STORE_URL } = process.env;
const business = new pg.Pool({ connectionString: BUSINESS_URL, max: 30 });
/** Where the contestant keeps its keys. It can be cut off; a pool that is not told so would end the process. */
export const store = new pg.Pool({ connectionString: STORE_URL, max: 30, connectionTimeoutMillis: 2_000 });
for (const pool of [business, store]) pool.on('error', () => {});

export const leaseMs = Number(process.env.LEASE_MS);
export const retentionSeconds = Number(process.env.RETENTION_SECONDS);

/** The operation itself says no. */
export class Refused extends Error {}

async function pass(place, name) {
  const response = await fetch(`${CONTROL_URL}/${place}/${encodeURIComponent(name)}`);
  return response.text();
}

export const isValid = (body) => typeof body?.name === 'string';

/** @returns a body that is another one each time it runs */
export async function makeEffect({ name }) {
  const instruction = await pass('before', name);
  const client = await business.connect();
  let id;
  try {
    await client.query('BEGIN');
    const { rows } = await client.query('INSERT INTO effect (name) VALUES ($1) RETURNING id', [name]);
    id = rows[0].id;
    if (instruction === 'refuse') throw new Refused(`refused at ${process.hrtime.bigint()}`);
    if (instruction === 'fail') throw new TypeError('a defect');
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
  await pass('after', name);
  return { id, name, at: String(process.hrtime.bigint()) };
}
