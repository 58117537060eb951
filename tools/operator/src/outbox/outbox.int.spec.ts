import { outboxMigrations } from '@semel/outbox';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { spoken } from '../testing/spoken.spec.js';
import { outbox } from './outbox.js';

let database: TestDatabase;
let source: DataSource;
beforeEach(async () => {
  database = await createTestDatabase(migrate, 'operator-outbox');
  source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
});
afterEach(async () => {
  await source.destroy();
  await database.drop();
});

async function migrate(url: string): Promise<void> {
  const migrating = new DataSource({ type: 'postgres', url, migrations: outboxMigrations });
  await migrating.initialize();
  await migrating.runMigrations();
  await migrating.destroy();
}

const noStack = async () => undefined;
const ask = (...args: string[]) => spoken(() => outbox([...args, '--database', database.url], noStack));
const json = async (...args: string[]) => JSON.parse(await ask(...args, '--json'));
const append = (key: string, published: string | null, reason: string | null = null) =>
  source.query(
    `INSERT INTO outbox (topic, key, bucket, headers, payload, published_at, set_aside_at, set_aside_reason, set_aside_error)
     VALUES ('purchases', $1, 7, '{"ce_type":"t.v1"}', '{}', now() - $2::interval,
             CASE WHEN $3::text IS NOT NULL THEN now() END, $3, 'no')`,
    [key, published, reason],
  );

it('sends again what was published since a moment, by the clock of the database, portion by portion', async () => {
  await source.query(
    `INSERT INTO outbox (topic, key, bucket, headers, payload, published_at)
     SELECT 'purchases', 'k' || n % 3, 7, '{}', convert_to(n::text, 'UTF8'), now() - interval '10 minutes'
     FROM generate_series(1, 2500) AS n`,
  );
  await append('old', '2 hours');
  expect(await ask('replay', '--since', '1h')).toMatch(/^database: 2500 event\(s\) published from /);
  const copies = await source.query(
    `SELECT c.id FROM outbox AS c JOIN outbox AS o ON o.id = c.replay_of AND o.payload = c.payload AND o.key = c.key
     WHERE c.published_at IS NULL ORDER BY c.id`,
  );
  expect(copies).toHaveLength(2_500);
  const inOrder = await source.query(
    'SELECT bool_and(replay_of > before) AS sorted FROM (SELECT replay_of, lag(replay_of) OVER (ORDER BY id) AS before FROM outbox WHERE replay_of IS NOT NULL) AS copies',
  );
  expect(inOrder).toEqual([{ sorted: true }]);
  expect(await json('replay', '--since', '3h', '--until', '1h', '--key', 'old')).toEqual([
    { service: 'database', events: 1, since: expect.any(String), until: expect.any(String) },
  ]);
});

it('tells how much waits, lists events by state, and lets go of or gives up what was set aside', async () => {
  await append('waits', null);
  await append('big', null, 'message-too-large');
  await append('gone', null, 'unknown-topic');
  await append('sent', '1 minute');
  expect(await json('stats')).toMatchObject([{ service: 'database', pending: 1, setAside: 2 }]);
  expect((await json('list')).map((row: { state: string }) => row.state)).toEqual([
    'published',
    'set-aside',
    'set-aside',
    'waiting',
  ]);
  expect(await json('set-aside', 'list', '--reason', 'message-too-large')).toMatchObject([{ key: 'big' }]);
  expect(await ask('set-aside', 'list')).toMatch(/big +t\.v1 .*message-too-large\n/);
  expect(await json('set-aside', 'release', '--key', 'gone')).toMatchObject([{ key: 'gone' }]);
  expect(await json('set-aside', 'discard', '--all', '--as', 'olga')).toMatchObject([{ key: 'big' }]);
  expect(await json('list', '--state', 'discarded')).toMatchObject([{ key: 'big', discardedBy: 'olga' }]);
  expect(await json('stats')).toMatchObject([{ pending: 2, setAside: 0 }]);
});

it.each([
  [['set-aside', 'discard'], 'Say which'],
  [['set-aside', 'release', '--id', '1'], 'No event 1 is set aside'],
])('refuses %j with a sentence and changes nothing', async (args, sentence) => {
  await append('aside', null, 'unknown-topic');
  await source.query('UPDATE outbox SET id = DEFAULT');
  await expect(ask(...args)).rejects.toThrow(sentence);
  expect(await json('stats')).toMatchObject([{ setAside: 1 }]);
});

it('says in a sentence that a database is not migrated or not there', async () => {
  await source.query('DROP TABLE outbox CASCADE');
  await expect(ask('stats')).rejects.toThrow(/run the service's migrations\.$/);
  const nowhere = ['stats', '--database', 'postgres://nobody@127.0.0.1:1/none'];
  await expect(outbox(nowhere, noStack)).rejects.toThrow(
    /^The database of database can't be reached: .*ECONNREFUSED/,
  );
});
