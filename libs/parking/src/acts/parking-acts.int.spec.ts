import { ListParkedMessagesQuery } from '@semel/contracts';
import { listEntries } from '../sql/list-entries.js';
import { lockEntries } from '../sql/lock-entries.js';
import { TestRegister } from '../testing/test-register.spec.js';
import { type Act, act, actOnOne, type Progress, type Selection } from './parking-acts.js';

let shelf: TestRegister;
beforeEach(async () => {
  shelf = await TestRegister.create();
});
afterEach(() => shelf.drop());

const many = (kind: Act, selection: Selection, rows = 100, progress?: Progress) =>
  shelf.committed((transaction) => act(transaction, kind, selection, { actor: 'olga', rows, progress }));
const one = (kind: Act, id: string, actor = 'olga') =>
  shelf.committed((transaction) => actOnOne(transaction, kind, id, actor));
const acts = () => shelf.rows('SELECT entry, act, actor FROM parking_act ORDER BY id');

it('sends a message as it was, with where it first lay, and records who did it', async () => {
  const id = await shelf.park('k', '{"a":1}', { custom: 'x', ce_id: '9' });
  expect(await one('replay', id)).toBe('done');
  expect(await shelf.rows('SELECT topic, key, payload, headers, published_at FROM outbox')).toEqual([
    {
      topic: 'purchases',
      key: 'k',
      payload: Buffer.from('{"a":1}'),
      headers: { ce_type: 't.v1', custom: 'x', ce_id: '9', 'semel-replay-of': '3:0' },
      published_at: null,
    },
  ]);
  expect(await acts()).toEqual([{ entry: id, act: 'replay', actor: 'olga' }]);
  expect((await shelf.register.find(id))?.acts).toEqual([
    { act: 'replay', actor: 'olga', at: expect.stringMatching(/^2\d{3}-.*Z$/) },
  ]);
});

it('replays once, whoever else replays the same message before, after, or at the same moment', async () => {
  const id = await shelf.park('k', 'v');
  const outcomes = await Promise.all(['a', 'b', 'c', 'd'].map((actor) => one('replay', id, actor)));
  expect(outcomes.sort()).toEqual(['done', 'done-before', 'done-before', 'done-before']);
  expect(await one('replay', id)).toBe('done-before');
  await Promise.all([many('replay', { key: 'k' }), many('replay', {})]);
  expect(await shelf.outbox()).toHaveLength(1);
  expect(await acts()).toHaveLength(1);
});

it('sends nothing where the act does not commit, and records nothing', async () => {
  const id = await shelf.park('k', 'v');
  const transaction = await shelf.begin();
  await act(transaction, 'replay', { id }, { actor: 'olga', rows: 1 });
  await transaction.runner.rollbackTransaction();
  await transaction.runner.release();
  expect([await shelf.outbox(), await acts()]).toEqual([[], []]);
  expect((await shelf.register.find(id))?.state).toBe('parked');
});

it('waits for another operator who has not committed yet, and then finds what he left', async () => {
  const [first, second] = [await shelf.park('k', '1'), await shelf.park('k', '2')];
  const other = await shelf.begin();
  await act(other, 'discard', { id: first }, { actor: 'oscar', rows: 1 });
  const waiting = many('replay', { key: 'k' }, 1);
  await other.runner.commitTransaction();
  await other.runner.release();
  expect((await waiting).changed).toBe(1);
  expect(await shelf.outbox()).toEqual([['k', '2']]);
  expect((await shelf.register.find(second))?.state).toBe('replayed');
});

it('keeps the order of the parking lot, by key, by reason, since a moment, all: portion by portion', async () => {
  for (let n = 0; n < 9; n += 1) {
    await shelf.park(`k${n % 3}`, String(n), { 'semel-reason': n < 6 ? 'failed' : 'unknown-order' });
  }
  expect((await many('replay', { key: 'k1' })).changed).toBe(3);
  expect(await shelf.outbox()).toEqual([1, 4, 7].map((n) => ['k1', String(n)]));
  expect((await many('replay', { reason: 'unknown-order' })).changed).toBe(2);
  expect((await many('replay', { since: new Date(1764000000001) })).changed).toBe(0);
  expect((await many('replay', { topic: 'reservations' })).changed).toBe(0);
  let portion = await many('replay', {}, 2);
  expect(portion.changed).toBe(2);
  // What is parked after an operator has begun is not part of what he meant.
  await shelf.park('new', 'new');
  const sizes: number[] = [];
  while (portion.next !== undefined) {
    portion = await many('replay', {}, 2, portion.next);
    sizes.push(portion.changed);
  }
  expect(sizes).toEqual([2, 0]);
  expect((await shelf.outbox()).map(([, value]) => value)).toEqual([
    '1',
    '4',
    '7',
    '6',
    '8',
    '0',
    '2',
    '3',
    '5',
  ]);
});

it('gives up for good: what was discarded is not replayed, what was replayed not discarded', async () => {
  const [given, sent] = [await shelf.park('k', '1'), await shelf.park('l', '2')];
  expect([await one('discard', given), await one('discard', given), await one('replay', given)]).toEqual([
    'done',
    'done-before',
    'settled',
  ]);
  expect([await one('replay', sent), await one('discard', sent)]).toEqual(['done', 'settled']);
  expect(await shelf.outbox()).toEqual([['l', '2']]);
  expect(await one('replay', '00000000-0000-8000-8000-000000000000')).toBe('unknown');
});

it('replays nothing that no consumer takes, alone or among others, and discards it', async () => {
  const bad = [await shelf.park(null, 'v'), await shelf.park('k', null)];
  await shelf.park('good', 'v');
  expect(await one('replay', bad[0]!)).toBe('not-replayable');
  expect((await many('replay', {})).changed).toBe(1);
  expect(await shelf.outbox()).toEqual([['good', 'v']]);
  expect((await many('discard', {})).changed).toBe(2);
});

it('names its predecessor when it comes back, and counts', async () => {
  const first = await shelf.park('k', 'v', { 'semel-offset': '40' });
  await shelf.park('other', 'v', { 'semel-offset': '40' });
  const replay = { 'semel-replay-of': '3:40' };
  const second = await shelf.park('k', 'v', { 'semel-offset': '50', ...replay });
  const third = await shelf.park('k', 'v', { 'semel-offset': '60', ...replay });
  const told = await Promise.all([first, second, third].map((id) => shelf.register.find(id)));
  expect(told.map((entry) => [entry?.attempt, entry?.predecessor])).toEqual([
    [1, null],
    [2, first],
    [3, second],
  ]);
  // The same parking, read once more.
  await shelf.park('k', 'v', { 'semel-offset': '50', ...replay });
  expect(await shelf.rows('SELECT FROM parking_entry')).toHaveLength(4);
});

it('pages through thousands by an index, newest first, and narrows by every filter', async () => {
  await shelf.rows(
    `INSERT INTO parking_entry (id, topic, key, value, headers, reason, error, parked_at, attempt, replayable, state)
     SELECT gen_random_uuid(), 'purchases', convert_to('k' || n % 2000, 'UTF8'), 'v', '{}', 'r' || n % 3, '', to_timestamp(n), 1, true,
            CASE WHEN n % 10 = 0 THEN 'parked' ELSE 'replayed' END
     FROM generate_series(1, 20000) AS n`,
  );
  await shelf.rows('ANALYZE parking_entry');
  const list = (query: Record<string, string>) => shelf.register.list(ListParkedMessagesQuery.parse(query));
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Awaited<ReturnType<typeof list>> = await list({ limit: '100', ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ parkedAt }) => parkedAt));
    cursor = page.nextCursor;
  }
  expect(seen).toHaveLength(2_000);
  expect(seen).toEqual([...new Set(seen)].sort().reverse());
  expect((await list({ state: 'any', key: 'k7', limit: '100' })).items).toHaveLength(10);
  expect((await list({ reason: 'r1', limit: '1' })).items[0]?.reason).toBe('r1');
  expect((await list({ topic: 'reservations' })).items).toEqual([]);
  expect((await list({ since: '1970-01-01T05:33:20Z' })).items).toHaveLength(1);
  await expect(list({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid-request' });
  const planOf = async ({ text, values = [] }: { text: string; values?: readonly unknown[] }) =>
    JSON.stringify(await shelf.rows(`EXPLAIN ${text}`, [...values]));
  expect(await planOf(listEntries({ state: 'parked', rows: 21 }))).toContain('parking_entry_parked');
  expect(await planOf(listEntries({ state: 'any', key: 'k7', rows: 21 }))).toContain('parking_entry_key');
  const bounds = { onlyReplayable: true, after: '0', upTo: '20000', rows: 100 };
  expect(await planOf(lockEntries(bounds))).toMatch(/parking_entry_parked/);
});

it('lets a key that is parked whole go on behind a message that is discarded, in the same commit', async () => {
  const id = await shelf.park('k', 'v');
  await shelf.rows(
    `INSERT INTO parked_message (consumer, topic, key, at_partition, at_offset, reason)
     SELECT consumer, topic, 'k', origin_partition, origin_offset + more, 'failed'
     FROM parking_entry, unnest(ARRAY['one', 'other']) AS consumer, unnest(ARRAY[0, 1]) AS more`,
  );
  await one('replay', await shelf.park('other', 'w'));
  expect(await shelf.rows('SELECT FROM parked_message')).toHaveLength(4);
  await one('discard', id);
  expect(await shelf.rows('SELECT FROM parked_message')).toHaveLength(2);
});
