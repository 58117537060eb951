import { once } from 'node:events';
import { TcpLink } from '@semel/platform/testing';
import { deferred } from '../engine/deferred.js';
import type { Answer } from '../operation.js';
import { type Instance, LeasedDatabase, operation } from './leased-database.spec.js';
import type { LeasedOperation } from './leased-operation.js';

const database = new LeasedDatabase();
let late: Instance;
let successor: Instance;
let lost = 0;

beforeAll(() => database.create());
beforeEach(async () => {
  await database.clear();
  lost = 0;
  late = await database.instance({}, { observer: { leaseLost: () => void lost++ } });
  successor = await database.instance();
});
afterAll(() => database.drop());

const answer = (text: string): Answer => ({ status: 201, body: Buffer.from(text) });
const insert = (name: string) => ({ text: 'INSERT INTO effect (name) VALUES ($1)', values: [name] });
/** The database says that the time is over; the owner's own clock says that there is plenty left. */
const lapse = () => database.rows("UPDATE idempotency_key SET leased_until = now() - interval '1 s'");
const row = () =>
  database.rows(
    'SELECT status, fence, leased_until, convert_from(response_body, $1) AS body FROM idempotency_key',
    ['utf8'],
  );

const deeds: [string, (leased: LeasedOperation<string>) => Promise<unknown>][] = [
  ['complete', async () => undefined],
  [
    'complete with last writes',
    (leased) => leased.finish((transaction) => transaction.query(insert('late'))),
  ],
  ['record a step', (leased) => leased.step('late', async () => 'late')],
  ['write', (leased) => leased.write('late', (transaction) => transaction.query(insert('late')))],
  ['give back or delete', () => Promise.reject(new TypeError('late'))],
];

describe.each(deeds)('an owner whose lease is over, whatever his own clock says, can not %s', (_, deed) => {
  it('beside his successor', async () => {
    const [holding, end] = [deferred<void>(), deferred<void>()];
    let succeeding: Promise<unknown> = Promise.resolve();
    let before: unknown;
    const outcome = await late.leased.execute(operation(), async (leased) => {
      await lapse();
      succeeding = successor.leased.execute(operation(), async () => {
        holding.resolve();
        await end.promise;
        return answer('successor');
      });
      await holding.promise;
      before = await row();
      await deed(leased);
      return answer('late');
    });
    expect(['in-flight', 'failed']).toContain(outcome.kind);
    expect(await row()).toEqual(before);
    end.resolve();
    expect(await succeeding).toMatchObject({ kind: 'executed', answer: answer('successor') });
    expect(await row()).toMatchObject([{ status: 'Processed', body: 'successor' }]);
    expect(await database.effects()).toEqual([]);
    expect(await database.rows('SELECT FROM idempotency_step')).toEqual([]);
  });

  it('when nobody took over', async () => {
    let before: unknown;
    const outcome = await late.leased.execute(operation(), async (leased) => {
      await lapse();
      before = await row();
      await deed(leased);
      return answer('late');
    });
    expect(outcome.kind).toBe('failed');
    expect(await row()).toEqual(before);
    expect(await database.effects()).toEqual([]);
    expect(await successor.leased.execute(operation(), async () => answer('successor'))).toMatchObject({
      kind: 'executed',
    });
  });
});

it('can not extend his lease, and is told', async () => {
  const quick = await database.instance(
    { lease: 1, heartbeat: 0.1 },
    { observer: { leaseLost: () => void lost++ } },
  );
  const outcome = await quick.leased.execute(operation(), async (leased) => {
    await lapse();
    await once(leased.signal, 'abort');
    expect(leased.signal.reason).toMatchObject({ code: 'lease-lost' });
    return answer('late');
  });
  expect([outcome, lost]).toMatchObject([
    { kind: 'failed', error: { code: 'lease-lost', transient: true } },
    1,
  ]);
  expect(await row()).toMatchObject([{ status: 'Received' }]);
});

/** Ways in which a run is over while its handler is still at its last writes. */
const endings: [string, (leased: LeasedOperation<string>) => Promise<void>][] = [
  [
    'the lease is lost',
    async (leased) => {
      await lapse();
      await once(leased.signal, 'abort');
    },
  ],
  ['the handler fails beside them', () => Promise.reject(new TypeError('late'))],
];

it.each(endings)('leaves no transaction open when %s while finish() is still running', async (_, end) => {
  const quick = await database.instance({ lease: 1, heartbeat: 0.1 });
  const [writing, over] = [deferred<void>(), deferred<void>()];
  let finishing: Promise<unknown> = Promise.resolve();
  const outcome = await quick.leased.execute(operation(), async (leased) => {
    finishing = leased.finish(async (transaction) => {
      await transaction.query(insert('late'));
      writing.resolve();
      await over.promise;
    });
    await writing.promise;
    await end(leased);
    return answer('late');
  });
  expect(outcome.kind).toBe('failed');
  over.resolve();
  await finishing.catch(() => undefined);
  const open =
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
  expect(await database.rows(open)).toEqual([]);
  expect(await database.effects()).toEqual([]);
});

it('keeps its lease by the heartbeat for as long as the handler runs', async () => {
  const quick = await database.instance({ lease: 2, heartbeat: 0.3 });
  const seconds = 'SELECT extract(epoch FROM leased_until)::float8 AS until FROM idempotency_key';
  const outcome = await quick.leased.execute(operation(), async () => {
    const [first] = await database.rows<{ until: number }>(seconds);
    // Longer than the lease: without the heartbeat anybody could take it now.
    await database.rows('SELECT pg_sleep(2.5)');
    const [then] = await database.rows<{ until: number }>(seconds);
    expect((then?.until ?? 0) - (first?.until ?? 0)).toBeGreaterThan(1);
    expect(await successor.leased.execute(operation(), async () => answer('successor'))).toEqual({
      kind: 'in-flight',
    });
    return answer('owner');
  });
  expect(outcome).toMatchObject({ kind: 'executed', answer: answer('owner') });
});

it('tells a handler that outlives its deadline to stop, and lets the lease end', async () => {
  const quick = await database.instance({ lease: 1, heartbeat: 0.2, deadline: 1 });
  const aborted = deferred<unknown>();
  const outcome = await quick.leased.execute(operation(), async ({ signal }) => {
    await once(signal, 'abort');
    aborted.resolve(signal.reason);
    return new Promise<never>(() => undefined);
  });
  expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'lease-lost' } });
  expect(await aborted.promise).toMatchObject({ message: expect.stringContaining('deadline of 1 s') });
  await database.rows('SELECT pg_sleep(1.1)');
  expect(await successor.leased.execute(operation(), async () => answer('successor'))).toMatchObject({
    kind: 'executed',
  });
});

it('tells the operation in time when the database can not be reached any more, and his successor goes on', async () => {
  const { link, url } = await TcpLink.to(database.url);
  const behind = await database.instance({ lease: 2, heartbeat: 0.3 }, {}, url);
  const outcome = behind.leased.execute(operation(), async (leased) => {
    await leased.step('charge', async () => 'charged');
    link.withhold();
    // Neither answered nor refused: only the owner's own clock can tell him.
    return leased
      .write('late', (transaction) => transaction.query(insert('late')))
      .then(() => answer('late'));
  });
  expect(await outcome).toMatchObject({ kind: 'failed', error: { code: 'lease-lost' } });
  await database.rows(
    'SELECT pg_sleep(greatest(0, extract(epoch FROM leased_until - clock_timestamp()))) FROM idempotency_key',
  );
  const untouched = jest.fn();
  expect(
    await successor.leased.execute(operation(), async (leased) => {
      await leased.step('charge', untouched);
      return answer('successor');
    }),
  ).toMatchObject({ kind: 'executed' });
  expect(untouched).not.toHaveBeenCalled();
  expect(await database.effects()).toEqual([]);
  link.close();
});
