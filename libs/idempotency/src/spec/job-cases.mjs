// A user's job over plain node-postgres, and the cases that any runner is fed with. It runs the built package.
import pg from 'pg';

const entry = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const { Engine } = await entry('index.js');
const { ambientPool, engineConnectionOptions, PgConnections } = await entry('pg/index.js');
const { crashCases } = await entry('testing/index.js');

const insert = 'INSERT INTO note (text) VALUES ($1)';
const connectionString = process.env.JOB_DATABASE_URL;

const handlers = {
  sound: (pool) => (text) => ambientPool(pool).query(insert, [text]),
  'past the transaction': (pool) => (text) => pool.query(insert, [text]),
};

export const jobCases = crashCases({
  start: async () => {
    const database = new pg.Pool({ connectionString, max: 3, ...engineConnectionOptions() });
    const handle = handlers[process.env.JOB_HANDLER](database);
    const engine = new Engine(new PgConnections(database));
    return { database, engine, handle, stop: () => database.end() };
  },
  send: async ({ engine, handle }, key) => {
    const operation = { scope: 'job', key, fingerprint: '1:a', input: key };
    const [outcome] = await engine.execute([operation], async () => {
      await handle(key);
      return [{ status: 201, body: Buffer.from(key) }];
    });
    return outcome;
  },
  effects: async ({ database }, key) => {
    const { rows } = await database.query('SELECT FROM note WHERE text = $1', [key]);
    return rows.length;
  },
});
