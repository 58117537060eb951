import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { ConnectionSource } from '../connection.js';
import { engineConnectionOptions } from '../typeorm/engine-connection-options.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import { PgConnections } from './pg-connections.js';

const readyForQuery = Buffer.from('Z\0\0\0\x05I');
const fields = Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0');
const length = Buffer.alloc(4);
length.writeUInt32BE(fields.length + 4);
const goodbye = Buffer.concat([Buffer.from('E'), length, fields]);

let database: TestDatabase;
let proxy: Server;
let url: string;
/** Whether new connections are welcomed and ended in one packet, as by a server that restarts. */
let restarting = false;

beforeAll(async () => {
  database = await createTestDatabase();
  const target = new URL(database.url);
  proxy = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    near.on('error', () => undefined).on('close', () => far.destroy());
    far.on('error', () => undefined).on('close', () => near.destroy());
    near.pipe(far);
    far.on('data', (bytes) => {
      if (restarting && bytes.subarray(-6).equals(readyForQuery)) near.end(Buffer.concat([bytes, goodbye]));
      else near.write(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const through = new URL(database.url);
  through.port = String((proxy.address() as AddressInfo).port);
  url = through.href;
});
afterAll(async () => {
  proxy.close();
  await database.drop();
});

/** jest fails a test during which an error was heard by nobody, as Node ends the process for it. */
async function survives(source: ConnectionSource): Promise<void> {
  const first = await source.connect();
  restarting = true;
  const statement = source
    .connect()
    .then((connection) =>
      connection.run({ text: 'SELECT 1' }).finally(() => connection.release(new Error('gone'))),
    );
  await expect(statement).rejects.toThrow();
  restarting = false;
  first.release();
}

it('lives on when a server ends a connection with its welcome', async () => {
  const pool = new pg.Pool({ connectionString: url, max: 2, ...engineConnectionOptions() });
  await survives(new PgConnections(pool));
  await pool.end();
});

it('lives on beneath TypeORM as well', async () => {
  const source = new DataSource({
    type: 'postgres',
    url,
    poolSize: 2,
    installExtensions: false,
    extra: engineConnectionOptions(),
  });
  await source.initialize();
  await survives(new TypeOrmConnections(source));
  await source.destroy();
});
