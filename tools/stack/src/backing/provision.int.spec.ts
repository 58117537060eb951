import { createTestDatabase, testBrokers, uniqueName } from '@semel/platform/testing';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { foldersOf } from '../folders.js';
import { deleteTopics } from './delete-topics.js';
import { findPostgres } from './postgres.js';
import { type DatabaseUrls, emptyDatabase, provision } from './provision.js';

const passwords = { superuser: 's', order: "o'1", inventory: 'i 2' };
const prefix = uniqueName('semel').replace('-', '_');
const superuserUrl = () => String(process.env.SEMEL_TEST_POSTGRES_URL);

const query = async (url: string, text: string) => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

describe('the roles and databases of a PostgreSQL of our own', () => {
  let urls: DatabaseUrls;

  beforeAll(async () => {
    urls = await provision(superuserUrl(), passwords, false, prefix);
  });

  afterAll(async () => {
    for (const name of [`${prefix}_order`, `${prefix}_inventory`]) {
      await query(superuserUrl(), `DROP DATABASE ${name} WITH (FORCE)`);
      await query(superuserUrl(), `DROP ROLE ${name}`);
    }
  });

  it("lets the owner lock a table, create a database and end its own backends, and find tables without a schema's name", async () => {
    await query(urls.order, 'CREATE TABLE orders (id int)');
    await query(urls.order, 'BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE; ROLLBACK');
    const name = uniqueName('torture');
    await query(urls.order, `CREATE DATABASE "${name}"`);
    await query(urls.order, `DROP DATABASE "${name}"`);
    const victim = new pg.Client(urls.order);
    const ended = new Promise<Error>((resolve) => victim.on('error', resolve));
    await victim.connect();
    const { rows } = await victim.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    expect(await query(urls.order, `SELECT pg_terminate_backend(${rows[0]?.pid}) AS done`)).toEqual([
      { done: true },
    ]);
    expect((await ended).message).toContain('terminating connection');
  });

  it("keeps each service's role out of the other's database, and superuser rights from both", async () => {
    const foreign = new URL(urls.order);
    foreign.pathname = `/${prefix}_inventory`;
    await expect(query(foreign.href, 'SELECT 1')).rejects.toThrow('permission denied for database');
    expect(await query(urls.order, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual([
      { rolsuper: false },
    ]);
  });

  it('changes nothing when it is all there, and starts from nothing when asked to', async () => {
    await query(urls.inventory, 'CREATE TABLE stock (sku text)');
    expect(await provision(superuserUrl(), passwords, false, prefix)).toEqual(urls);
    await query(urls.inventory, 'SELECT * FROM stock');
    await provision(superuserUrl(), passwords, true, prefix);
    await expect(query(urls.inventory, 'SELECT * FROM stock')).rejects.toThrow('does not exist');
  });
});

it("empties a database that is somebody else's without dropping it", async () => {
  const database = await createTestDatabase(
    (url) => query(url, 'CREATE TABLE orders (id int)').then(() => {}),
    'with-orders',
  );
  expect(await emptyDatabase(database.url)).toBe('public');
  expect(await query(database.url, `SELECT FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
  await database.drop();
});

it("deletes the shop's topics and nobody else's", async () => {
  const kafka = new kafkajs.Kafka({ brokers: testBrokers(), logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const other = uniqueName('other');
  await admin.createTopics({ topics: [{ topic: other }, { topic: 'purchases.dlq' }] });
  expect(await deleteTopics(testBrokers().join(','), {})).toContain('purchases.dlq');
  expect(await admin.listTopics()).toContain(other);
  await admin.disconnect();
});

it('asks for both database URLs where one is given', async () => {
  const unused = () => {
    throw new Error('Nothing may be started.');
  };
  const surroundings = {
    folders: foldersOf('/nowhere'),
    env: { ORDER_DATABASE_URL: 'postgres://x/y' },
    passwords,
    fresh: false,
    compose: unused,
    say: unused,
    progress: unused,
    supervise: unused,
    show: unused,
  };
  await expect(findPostgres(surroundings)).rejects.toThrow(
    'ORDER_DATABASE_URL is set and INVENTORY_DATABASE_URL is not',
  );
});
