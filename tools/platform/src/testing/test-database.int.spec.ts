import kafkajs from 'kafkajs';
import pg from 'pg';
import { createTestDatabase, testBrokers, uniqueName } from './index.js';

const tablesOf = async (url: string): Promise<string[]> => {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ tablename: string }>(
    `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`,
  );
  await client.end();
  return rows.map((row) => row.tablename);
};

const execute = async (url: string, text: string): Promise<void> => {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(text);
  await client.end();
};

it('migrates a template once, however many ask for it at once, and gives each a database of its own', async () => {
  let migrations = 0;
  const name = uniqueName('once');
  const migrate = async (url: string) => {
    migrations += 1;
    await execute(url, 'CREATE TABLE product (sku text)');
  };
  const databases = await Promise.all([1, 2, 3].map(() => createTestDatabase(migrate, name)));
  await execute(databases[0]!.url, 'CREATE TABLE of_the_first (id int)');
  expect(migrations).toBe(1);
  expect(await tablesOf(databases[1]!.url)).toEqual(['product']);
  await Promise.all(databases.map((database) => database.drop()));
});

it('leaves no template behind when its migration fails', async () => {
  const name = uniqueName('fails');
  await expect(createTestDatabase(() => Promise.reject(new Error('bad migration')), name)).rejects.toThrow(
    'bad migration',
  );
  const database = await createTestDatabase((url) => execute(url, 'CREATE TABLE product (sku text)'), name);
  expect(await tablesOf(database.url)).toEqual(['product']);
  await database.drop();
});

it('says so when a test has left a connection open', async () => {
  const database = await createTestDatabase();
  const leak = new pg.Client({ connectionString: database.url, application_name: 'forgotten' });
  leak.on('error', () => {});
  await leak.connect();
  await expect(database.drop()).rejects.toThrow('1 connection(s)');
});

it('gives brokers that refuse a topic nobody made', async () => {
  const kafka = new kafkajs.Kafka({ brokers: testBrokers(), logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topic = uniqueName('topic');
  await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] });
  expect(await admin.listTopics()).toContain(topic);
  await expect(admin.fetchTopicMetadata({ topics: [uniqueName('nobody')] })).rejects.toThrow(
    'does not host this topic-partition',
  );
  await admin.disconnect();
});
