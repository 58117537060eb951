import { outboxMigrations } from '@semel/outbox';
import { parkingMigrations } from '@semel/parking';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { spoken } from '../testing/spoken.spec.js';
import { parked } from './parked.js';

let databases: TestDatabase[];
let order: DataSource;
let inventory: DataSource;
beforeEach(async () => {
  databases = await Promise.all([1, 2].map(() => createTestDatabase(migrate, 'operator-parked')));
  [order, inventory] = (await Promise.all(
    databases.map(({ url }) => new DataSource({ type: 'postgres', url }).initialize()),
  )) as [DataSource, DataSource];
});
afterEach(async () => {
  await Promise.all([order.destroy(), inventory.destroy()]);
  await Promise.all(databases.map((database) => database.drop()));
});

async function migrate(url: string): Promise<void> {
  const migrations = [...outboxMigrations, ...parkingMigrations];
  const source = await new DataSource({ type: 'postgres', url, migrations }).initialize();
  await source.runMigrations();
  await source.destroy();
}

const running = async () => ({
  ORDER_DATABASE_URL: databases[0]!.url,
  INVENTORY_DATABASE_URL: databases[1]!.url,
});
const ask = (...args: string[]) => spoken(() => parked(args, running));
const json = async (...args: string[]) => JSON.parse(await ask(...args, '--json'));

const park = async (
  source: DataSource,
  key: string | null,
  reason: string,
  ago = '1 minute',
): Promise<string> => {
  const [{ id }] = await source.query(
    `INSERT INTO parking_entry (id, topic, at_partition, at_offset, origin_partition, origin_offset, key, value, headers,
                                type, reason, error, parked_at, attempt, replayable)
     VALUES (gen_random_uuid(), 'purchases', 3, 7, 3, 7, convert_to($1, 'UTF8'), '{}', '{"ce_type":"t.v1"}',
             't.v1', $2, 'it' || chr(27) || '[31m broke', now() - $3::interval, 1, $1 IS NOT NULL)
     RETURNING id`,
    [key, reason, ago],
  );
  return id;
};

it('lists both services, narrowed by filters, and shows one whole wherever it is', async () => {
  const id = await park(inventory, 'k', 'failed');
  await park(order, 'l', 'unknown-order', '3 hours');
  expect((await json('list')).map((row: { service: string }) => row.service)).toEqual(['order', 'inventory']);
  expect(await json('list', '--since', '1h')).toMatchObject([{ service: 'inventory', id }]);
  expect(await json('list', '--reason', 'unknown-order', '--service', 'inventory')).toEqual([]);
  const line = (await ask('list', '--key', 'k')).split('\n')[1];
  // What came from outside can't steer the terminal.
  expect(line).toMatch(
    /^inventory +[\da-f-]{36} +parked +failed +purchases\/3@7 +k +t\.v1 .* it\ufffd\[31m broke$/,
  );
  expect(JSON.parse(await ask('show', id.toUpperCase()))).toMatchObject({
    id,
    service: 'inventory',
    value: '{}',
    acts: [],
  });
});

it('replays one, a key or all, once, and discards; the record says who', async () => {
  const one = await park(order, 'k', 'failed');
  expect(await json('replay', one, '--as', 'olga')).toMatchObject([
    { service: 'order', changed: 1 },
    { service: 'inventory', changed: 0 },
  ]);
  expect(await json('replay', one)).toMatchObject([{ changed: 0 }, { changed: 0 }]);
  expect(JSON.parse(await ask('show', one)).acts).toMatchObject([{ act: 'replay', actor: 'olga' }]);
  await inventory.query(
    `INSERT INTO parking_entry (id, topic, key, value, headers, reason, error, parked_at, attempt, replayable)
     SELECT gen_random_uuid(), 'purchases', 'many', 'v', '{}', 'failed', '', now(), 1, true FROM generate_series(1, 1200)`,
  );
  await park(inventory, 'other', 'malformed');
  expect(await json('replay', '--key', 'many')).toMatchObject([{ changed: 0 }, { changed: 1_200 }]);
  expect(await ask('discard', '--all')).toMatch(/^service +discarded\norder +0\ninventory +1\n$/);
  expect(await inventory.query('SELECT count(*)::int AS count FROM outbox')).toEqual([{ count: 1_200 }]);
});

it('refuses with a sentence what is unknown, settled otherwise, beyond help, or not said', async () => {
  const nobody = '00000000-0000-8000-8000-000000000000';
  const [given, keyless] = [await park(order, 'k', 'failed'), await park(order, null, 'key-missing')];
  await ask('discard', given);
  await expect(ask('show', nobody)).rejects.toThrow('No parked message has the id');
  await expect(ask('replay', nobody)).rejects.toThrow('is not in the register');
  await expect(ask('replay', given)).rejects.toThrow('was settled the other way before');
  await expect(ask('replay', keyless)).rejects.toThrow('can only be discarded');
  await expect(ask('replay')).rejects.toThrow('Say which');
  await expect(ask('discard', keyless, '--all')).rejects.toThrow('leave --all and the filters out');
  expect(await order.query('SELECT FROM outbox')).toEqual([]);
});
