import { bucketOf, buckets } from '../bucket.js';
import type { PendingRow } from '../sql/read-page.js';
import { Backoff } from './backoff.js';
import { InFlight } from './in-flight.js';
import { pageOf } from './page.js';
import { PageSize } from './page-size.js';
import { refusalOf } from './refusal.js';
import { WakeUp } from './wake-up.js';

const row = (id: number, bytes: number, rest: Partial<PendingRow> = {}): PendingRow => ({
  id: String(id),
  topic: 't',
  key: `k${id}`,
  bucket: id % 64,
  headers: {},
  payload: Buffer.alloc(0),
  bytes,
  candidates: 3,
  ...rest,
});
const limits = { rows: 100, rowsOfBucket: 10, bytes: 1_000 };

describe('a bucket', () => {
  it('is the same for a key for ever: rows of earlier versions are in the table', () => {
    expect(
      ['a', 'order-1', '9c1f5ff0-9d1c-4a44-8f0c-3a9f4f7a2f11', 'ключ'].map(bucketOf),
    ).toMatchInlineSnapshot(`
[
  32,
  18,
  53,
  37,
]
`);
  });

  it('gets its fair part of sequential keys', () => {
    const counts = new Array<number>(buckets).fill(0);
    for (let n = 0; n < 64_000; n += 1) {
      const bucket = bucketOf(`order-${n}`);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(700);
    expect(Math.max(...counts)).toBeLessThan(1_300);
  });
});

describe('a page', () => {
  it('sends a large event alone: as the first it takes nobody along, as a later one it waits', () => {
    const alone = pageOf([row(1, 400), row(2, 10)], limits);
    expect(alone.rows.map(({ id }) => id)).toEqual(['1']);
    expect(alone.more).toBe(true);
    const before = pageOf([row(1, 10), row(2, 400), row(3, 10)], limits);
    expect(before.rows.map(({ id }) => id)).toEqual(['1']);
    expect(before.more).toBe(true);
  });

  it('keeps what was too large to read apart', () => {
    const page = pageOf([row(1, 5_000, { payload: null }), row(2, 10)], limits);
    expect(page.oversized.map(({ id }) => id)).toEqual(['1']);
    expect(page.rows).toEqual([]);
    expect(page.more).toBe(true);
  });

  it('says that there is more when any limit was met, and only then', () => {
    expect(pageOf([row(1, 1), row(2, 1), row(3, 1)], limits).more).toBe(false);
    expect(pageOf([row(1, 1), row(2, 1)], limits).more).toBe(true);
    expect(pageOf([row(1, 1), row(2, 1), row(3, 1)], { ...limits, rows: 3 }).more).toBe(true);
    const oneBucket = [1, 2, 3].map((id) => row(id, 1, { bucket: 7 }));
    expect(pageOf(oneBucket, { ...limits, rowsOfBucket: 3 }).more).toBe(true);
    expect(pageOf([], limits).more).toBe(false);
  });

  it('is halved by each refusal down to one event and doubled by each success', () => {
    const size = new PageSize(1_000);
    for (let rows = 1_000; rows > 1; rows = size.rows) size.refused(rows);
    expect(size.rows).toBe(1);
    size.refused(1);
    expect(size.rows).toBe(1);
    for (let turn = 0; turn < 12; turn += 1) size.acknowledged();
    expect(size.rows).toBe(1_000);
  });
});

it('looks deeper into its buckets while pages come short, and less deep once they are full', () => {
  const size = new PageSize(1_000);
  expect(size.rowsOfBucket(64)).toBe(32);
  expect(size.rowsOfBucket(2)).toBe(1_000);
  for (let page = 0; page < 10; page += 1) size.found(10);
  expect(size.rowsOfBucket(64)).toBe(1_000);
  for (let page = 0; page < 10; page += 1) size.found(1_000);
  expect(size.rowsOfBucket(64)).toBe(32);
});

it('remembers a wake-up that comes while nobody waits', async () => {
  const bell = new WakeUp();
  bell.ring();
  await bell.next(2_147_483_647);
  const waiting = bell.next(2_147_483_647);
  bell.ring();
  await waiting;
});

it('backs off with jitter up to its longest, and starts over', () => {
  const backoff = new Backoff(100, 2_000);
  const waits = Array.from({ length: 40 }, () => backoff.next());
  expect(waits[0]).toBeGreaterThanOrEqual(50);
  expect(waits[0]).toBeLessThanOrEqual(100);
  expect(Math.max(...waits)).toBeLessThanOrEqual(2_000);
  expect(Math.min(...waits.slice(6))).toBeGreaterThanOrEqual(1_000);
  backoff.reset();
  expect(backoff.next()).toBeLessThanOrEqual(100);
});

it('tells the keys in flight as pairs, whatever characters they hold', () => {
  const inFlight = new InFlight();
  const odd = row(1, 1, { topic: 'a.b', key: 'c d"\\,{}' });
  inFlight.add([odd, row(2, 1)]);
  expect(inFlight.streams()).toEqual({ topics: ['a.b', 't'], keys: ['c d"\\,{}', 'k2'] });
  expect(inFlight.holds(1)).toBe(true);
  inFlight.settle([odd]);
  expect(inFlight.holds(1)).toBe(false);
  expect(inFlight.empty).toBe(false);
});

it('tells a refusal of the broker, however wrapped, from trouble that passes', () => {
  const answer = (type: string) => Object.assign(new Error(type), { type });
  expect(refusalOf(answer('MESSAGE_TOO_LARGE'))).toBe('message-too-large');
  expect(
    refusalOf(new Error('retries', { cause: new Error('again', { cause: answer('INVALID_RECORD') }) })),
  ).toBe('refused');
  for (const type of [
    'NOT_ENOUGH_REPLICAS',
    'REQUEST_TIMED_OUT',
    'CLUSTER_AUTHORIZATION_FAILED',
    'constructor',
  ]) {
    expect(refusalOf(answer(type))).toBeUndefined();
  }
  expect(refusalOf(new Error('connect ECONNREFUSED'))).toBeUndefined();
  expect(refusalOf('no error at all')).toBeUndefined();
});
