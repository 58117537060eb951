import { createTestDatabase } from '@semel/platform/testing';
import pg from 'pg';
import { cutConnections } from './cut-connections.js';
import { Database } from './database.js';

it('cuts every connection of a service in the middle of its transaction, and its own not', async () => {
  const test = await createTestDatabase();
  const database = new Database(test.url);
  const service = new pg.Client({ connectionString: test.url });
  const errors: Error[] = [];
  const cut = new Promise<void>((resolve) =>
    service.on('error', (error) => {
      errors.push(error);
      resolve();
    }),
  );
  await service.connect();
  await service.query('BEGIN');
  const backend = { text: 'SELECT pg_backend_pid() AS pid' };
  const before = await database.query(backend);
  expect(await cutConnections(database)).toBe(1);
  await cut;
  expect(errors[0]).toMatchObject({ code: '57P01' });
  expect(await database.query(backend)).toEqual(before);
  await database.end();
  await test.drop();
});
