import { createTestDatabase } from '@semel/platform/testing';
import { DataSource, type MigrationInterface } from 'typeorm';
import { Engine } from '../engine/engine.js';
import { operation } from '../leased/leased-database.spec.js';
import { LeasedEngine } from '../leased/leased-engine.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import { idempotencyMigrations } from './index.js';

const open = (url: string, migrations: (new () => MigrationInterface)[]): Promise<DataSource> =>
  new DataSource({ type: 'postgres', url, installExtensions: false, migrations }).initialize();

it('adds leases to a table in use: answers stored by the version before are replayed, by both modes', async () => {
  const database = await createTestDatabase();
  const before = await open(database.url, idempotencyMigrations.slice(0, 2));
  await before.runMigrations();
  await before.query(`
    INSERT INTO idempotency_key (scope, key, status, fingerprint, created_at, processed_at, expires_at, response_status)
    VALUES ('caller:alice', 'k', 'Processed', '1:a', now(), now(), now() + interval '1 day', 201),
           ('caller:alice', 'old', 'Processed', '1:a', now(), now(), now() - interval '1 day', 201)`);
  await before.destroy();

  const source = await open(database.url, idempotencyMigrations);
  expect(await source.runMigrations()).toHaveLength(1);
  expect(await source.runMigrations()).toHaveLength(0);
  const connections = new TypeOrmConnections(source);
  const plain = new Engine(connections);
  const leased = new LeasedEngine(connections, plain);
  const untouched = jest.fn();
  expect(await plain.execute([operation()], untouched)).toMatchObject([{ kind: 'replayed' }]);
  expect(await leased.execute(operation(), untouched)).toMatchObject({ kind: 'replayed' });
  expect(untouched).not.toHaveBeenCalled();
  expect(await leased.execute(operation('old', '1:b'), async () => ({ status: 200 }))).toMatchObject({
    kind: 'executed',
  });
  await source.destroy();
  await database.drop();
});
