import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import fc from 'fast-check';
import pg from 'pg';
import { queryConfig } from './query-config.js';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase(async () => undefined, 'idempotency-query-config');
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

async function roundTrip(type: string, items: readonly unknown[]): Promise<unknown> {
  const { rows } = await client.query<{ items: unknown }>(
    queryConfig({ text: `SELECT $1::${type} AS items`, values: [items] }),
  );
  return rows[0]?.items;
}

// PostgreSQL's text holds neither NUL nor halves of surrogate pairs.
const texts = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.includes('\0'));
const awkward = fc.constantFrom(
  '',
  'NULL',
  'null',
  '{',
  '}',
  ',',
  '"',
  '\\',
  '\\"',
  '{"a",b}',
  ' a ',
  "'",
  '\n',
);

it('writes a list of texts as the database reads it, whatever they hold', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.oneof(texts, awkward))), async (items) => {
      expect(await roundTrip('text[]', items)).toEqual(items);
    }),
  ));

it('writes a list of bytes as the database reads it', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.uint8Array({ maxLength: 40 }))), async (items) => {
      const bytes = items.map((item) => item && Buffer.from(item));
      expect(await roundTrip('bytea[]', bytes)).toEqual(bytes);
    }),
  ));

it('writes lists of numbers, big ones and truth values', async () => {
  expect(await roundTrip('int[]', [1, -2, null, undefined])).toEqual([1, -2, null, null]);
  expect(await roundTrip('float8[]', [1.5e300, -0.1, 1e21])).toEqual([1.5e300, -0.1, 1e21]);
  expect(await roundTrip('bigint[]', [9007199254740993n])).toEqual(['9007199254740993']);
  expect(await roundTrip('bool[]', [true, false, null])).toEqual([true, false, null]);
  expect(await roundTrip('text[]', [])).toEqual([]);
});

it('leaves lists of anything else to the driver', async () => {
  const time = new Date('2026-01-02T03:04:05.678Z');
  expect(await roundTrip('timestamptz[]', [time])).toEqual([time]);
  expect(
    await roundTrip('text[]', [
      ['a', 'b'],
      ['c', 'd'],
    ]),
  ).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});
