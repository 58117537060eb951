// Executes one leased operation and, at the point that it is told, kills itself or waits for a word from its parent. The
// outside world is a table written by a connection of its own. Runs the built package.
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { DataSource } from 'typeorm';

const [dist, url, key, point, end] = process.argv.slice(2);
// Module by module: loading all of the package takes several times as long.
const load = (module) => import(pathToFileURL(join(dist, module)).href);
const [{ Engine }, { LeasedEngine }, { engineConnectionOptions }, { TypeOrmConnections }] = await Promise.all(
  [
    load('engine/engine.js'),
    load('leased/leased-engine.js'),
    load('typeorm/engine-connection-options.js'),
    load('typeorm/typeorm-connections.js'),
  ],
);
const source = await new DataSource({
  type: 'postgres',
  url,
  installExtensions: false,
  extra: engineConnectionOptions(),
}).initialize();
const outside = new pg.Client(url);
await outside.connect();

const at = async (here) => {
  if (here !== point) return;
  if (end === 'SIGKILL') {
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  }
  process.send(here);
  await once(process, 'message');
};

const connections = new TypeOrmConnections(source);
const leased = new LeasedEngine(connections, new Engine(connections), { lease: 60 });
const outcome = await leased.execute(
  { scope: 'caller:alice', key, fingerprint: '1:a', input: key },
  async (operation) => {
    await at('after the claim');
    await operation.step('charge', async (call) => {
      await outside.query('INSERT INTO call (key, derived) VALUES ($1, $2)', [key, call.key]);
      await at("between a step's effect and its record");
      return 'charged';
    });
    await at("after a step's record");
    await operation.write('ledger', (transaction) =>
      transaction.query({ text: 'INSERT INTO effect (name) VALUES ($1)', values: [`${key}: ledger`] }),
    );
    await at('after a write');
    await operation.finish((transaction) =>
      transaction.query({ text: 'INSERT INTO effect (name) VALUES ($1)', values: [`${key}: last`] }),
    );
    await at('before the completion');
    return { status: 201, body: Buffer.from(`by ${operation.fence}`) };
  },
);
await at('after the completion, before the answer');
process.send?.(outcome.kind);
await outside.end();
await source.destroy();
process.disconnect?.();
