import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { ParkedMessages, parkingMigrations } from './index.js';

describe('parked messages', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let parked: ParkedMessages;
  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await new DataSource({
      type: 'postgres',
      url: database.url,
      migrations: parkingMigrations,
      installExtensions: false,
    }).initialize();
    await dataSource.runMigrations();
    parked = new ParkedMessages(dataSource);
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const at = (key: string, offset: string, partition = 0) => ({ key, partition, offset, reason: 'failed' });

  it('tells the first of each key in the order in which they were parked, not of their offsets', async () => {
    await parked.add('c', 't', [at('a', '9'), at('b', '1'), at('a', '3')]);
    await parked.add('c', 't', [at('a', '9223372036854775807', 2)]);
    expect(await parked.firstOf('c', 't', ['a', 'b', 'x'])).toEqual(
      new Map([
        ['a', { partition: 0, offset: '9' }],
        ['b', { partition: 0, offset: '1' }],
      ]),
    );
    await parked.remove('c', 't', [at('a', '9'), at('b', '1'), at('x', '1')]);
    expect(await parked.firstOf('c', 't', ['a', 'b'])).toEqual(
      new Map([['a', { partition: 0, offset: '3' }]]),
    );
    await parked.remove('c', 't', [at('a', '3')]);
    expect((await parked.firstOf('c', 't', ['a'])).get('a')).toEqual({
      partition: 2,
      offset: '9223372036854775807',
    });
  });

  it('leaves a message that is parked again where it is, also when two consumers park it at once', async () => {
    await Promise.all([1, 2, 3].map(() => parked.add('c', 't', [at('a', '1'), at('a', '2')])));
    await parked.add('c', 't', [{ ...at('a', '1'), reason: 'malformed' }]);
    expect(await dataSource.query('SELECT at_offset, reason FROM parked_message ORDER BY id')).toEqual([
      { at_offset: '1', reason: 'failed' },
      { at_offset: '2', reason: 'failed' },
    ]);
  });

  it('keeps handlers and topics apart', async () => {
    await parked.add('c', 't', [at('a', '1')]);
    expect(await parked.firstOf('other', 't', ['a'])).toEqual(new Map());
    expect(await parked.firstOf('c', 'other', ['a'])).toEqual(new Map());
    await parked.remove('other', 't', [at('a', '1')]);
    expect((await parked.firstOf('c', 't', ['a'])).size).toBe(1);
  });
});
