import { DataSource } from 'typeorm';
import { type OutboxOptions, settingsOf } from './options.js';
import { poolConfigOf } from './relay/pool-config.js';

const fine: OutboxOptions = { kafka: { brokers: ['127.0.0.1:9092'] }, source: 'urn:semel:test' };

it('fills in what is left out, also where it is given as undefined', () => {
  const { relay } = settingsOf({ ...fine, relay: JSON.parse('{"lease":20000}') });
  expect(relay).toMatchObject({ enabled: true, pollInterval: 500, lease: 20_000, renewInterval: 2_000 });
  const left = JSON.parse('{}');
  expect(settingsOf({ ...fine, relay: { lease: left.out } }).relay.lease).toBe(15_000);
});

it.each<[string, unknown, object]>([
  ['kafka.brokers', [], { kafka: { brokers: [] } }],
  ['kafka.brokers', undefined, { kafka: undefined }],
  ['source', '', { source: '' }],
  ['source', 'with space', { source: 'with space' }],
  ['instance', '', { instance: '' }],
  ['relay.enabled', 'false', { relay: { enabled: 'false' } }],
  ['relay.pollInterval', 0, { relay: { pollInterval: 0 } }],
  ['relay.linger', -1, { relay: { linger: -1 } }],
  ['relay.pageRows', Number.NaN, { relay: { pageRows: Number.NaN } }],
  ['relay.pageRows', 1.5, { relay: { pageRows: 1.5 } }],
  ['relay.pageBytes', '700000', { relay: { pageBytes: '700000' } }],
  ['relay.largestEvent', Number.POSITIVE_INFINITY, { relay: { largestEvent: Number.POSITIVE_INFINITY } }],
  ['relay.sendDeadline', null, { relay: { sendDeadline: null } }],
  ['relay.lease', 8_000, { relay: { lease: 8_000 } }],
  ['relay.lease', 10_000, { relay: { lease: 10_000, sendDeadline: 10_000 } }],
  ['relay.keepPublished', -1, { relay: { keepPublished: -1 } }],
])('refuses %s = %p at start and says what to use instead', (option, _, change) => {
  expect(() => settingsOf({ ...fine, ...change })).toThrow(
    expect.objectContaining({
      code: 'outbox-options',
      message: expect.stringMatching(
        new RegExp(`^Outbox option "${option.replace('.', '\\.')}" is .+: (use|give) `),
      ),
    }),
  );
});

describe('the connections of the relay', () => {
  const poolOf = (options: object) =>
    poolConfigOf(new DataSource({ type: 'postgres', ...options, installExtensions: false }));

  it('go where the DataSource goes', () => {
    expect(poolOf({ url: 'postgres://u@h/d', extra: { max: 50, options: '-c jit=off' } })).toEqual({
      connectionString: 'postgres://u@h/d',
      options: '-c jit=off',
    });
    expect(
      poolOf({ host: 'h', port: 1, username: 'u', password: 'p', database: 'd', ssl: { ca: 'CA' } }),
    ).toEqual({ host: 'h', port: 1, user: 'u', password: 'p', database: 'd', ssl: { ca: 'CA' } });
  });

  it('go to the primary of a replicated one', () => {
    expect(poolOf({ replication: { master: { host: 'primary' }, slaves: [{ host: 'replica' }] } })).toEqual({
      host: 'primary',
    });
  });

  it('refuse another database than PostgreSQL', () => {
    expect(() => poolOf({ type: 'cockroachdb', timeTravelQueries: false })).toThrow(
      'Outbox option "database" is "cockroachdb"',
    );
  });
});
