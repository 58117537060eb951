import type { Statement } from '@semel/idempotency';
import { discardSetAside, listEvents, releaseSetAside, replayPublished } from './index.js';
import { eventually, TestOutbox } from './testing/test-outbox.spec.js';
import { createTopic, firstOccurrences, type Seen, TestTopic } from './testing/topic.spec.js';

let outbox: TestOutbox;
let topic: TestTopic;
beforeEach(async () => {
  [outbox, topic] = await Promise.all([TestOutbox.create(), TestTopic.create()]);
});
afterEach(async () => {
  await outbox.drop();
  await topic.close();
});

const event = (key: string, data: unknown) => ({ topic: topic.name, key, type: 'test.v1', data });
const ask = <Row extends object>({ text, values = [] }: Statement<Row>) =>
  outbox.rows<Row>(text, [...values]);
const clock = async () =>
  (await outbox.rows<{ now: Date }>('SELECT clock_timestamp() AS now'))[0]?.now ?? new Date(0);
const drained = () =>
  eventually(async () => (await outbox.rows('SELECT FROM outbox WHERE published_at IS NULL')).length === 0);

/** All of it, in portions. @returns how many events were appended once more */
async function replay(
  since: Date,
  more: { topic?: string; key?: string; until?: Date } = {},
): Promise<number> {
  const bounds = { since, until: await clock(), limit: 7, ...more };
  let [events, after] = [0, '0'];
  for (;;) {
    const [portion] = await ask(replayPublished({ ...bounds, after }));
    events += portion?.events ?? 0;
    if (portion?.last == null) return events;
    after = portion.last;
  }
}

const valuesOf = (key: string, seen: readonly Seen[]) =>
  seen.filter((one) => one.key === key).map(({ json }) => json);

it('sends what was published again: same bytes and ce_id, in order per key, while new events go on', async () => {
  const start = await clock();
  outbox.relay({ relay: { pageRows: 5 } });
  const before = Array.from({ length: 20 }, (_, n) => event(`k${n % 2}`, n));
  await outbox.append(before);
  await topic.count(20);
  await drained();
  const writing = (async () => {
    for (let n = 20; n < 40; n += 1) await outbox.append([event(`k${n % 2}`, n)]);
  })();
  expect(await replay(start)).toBeGreaterThanOrEqual(20);
  await writing;
  await drained();
  await topic.until((seen) => new Set(seen.map(({ json }) => json)).size === 40 && seen.length >= 60);
  for (const [key, values] of firstOccurrences(topic.seen)) {
    expect(values).toEqual(Array.from({ length: 40 }, (_, n) => n).filter((n) => `k${n % 2}` === key));
  }
  for (const n of [0, 1, 19]) {
    const [first, again, ...more] = topic.seen.filter(({ json }) => json === n);
    expect([again, more.length]).toEqual([first, 0]);
  }
  // The repeats of a key are in order among themselves too.
  for (const key of ['k0', 'k1']) {
    const known = new Set<unknown>();
    const repeats = valuesOf(key, topic.seen).filter((value) => known.has(value) || !known.add(value));
    expect(repeats).toEqual([...(repeats as number[])].sort((a, b) => a - b));
  }
});

it('repeats no repeat: a second replay of the same time sends each event once more, not twice', async () => {
  const start = await clock();
  outbox.relay();
  await outbox.append([event('k', 1), event('k', 2)]);
  await drained();
  for (const _ of [1, 2]) {
    expect(await replay(start)).toBe(2);
    await drained();
  }
  await topic.count(6);
  expect(valuesOf('k', topic.seen)).toEqual([1, 2, 1, 2, 1, 2]);
});

it('takes what was published in the time given, of the topic and key given, and nothing else', async () => {
  const other = await TestTopic.create();
  outbox.relay();
  await outbox.append([event('early', 0)]);
  await drained();
  const since = await clock();
  await outbox.append([event('k', 1), event('l', 2), { ...event('k', 3), topic: other.name }]);
  await drained();
  const until = await clock();
  await outbox.append([event('k', 4)]);
  await drained();
  expect(await replay(since, { until })).toBe(3);
  expect(await replay(since, { until, topic: topic.name })).toBe(2);
  expect(await replay(since, { until, topic: topic.name, key: 'k' })).toBe(1);
  await drained();
  await topic.untilKey('early');
  await topic.count(4 + 2 + 2 + 1);
  expect(valuesOf('early', topic.seen)).toEqual([0]);
  await other.close();
});

it('does not let a relay that slept mark a repeat as sent: its old row is another one', async () => {
  const start = await clock();
  outbox.relay();
  await outbox.append([event('k', 1)]);
  await drained();
  await outbox.stopRelays();
  const [published] = await outbox.rows<{ id: string }>('SELECT id FROM outbox');
  await replay(start);
  // What that relay would say of its last request when it wakes.
  await outbox.rows('UPDATE outbox SET published_at = now() WHERE id = $1', [published?.id]);
  outbox.relay();
  await topic.count(2);
});

describe('an event that was set aside', () => {
  const missing = () => `${topic.name}-missing`;
  beforeEach(async () => {
    const relay = outbox.relay();
    await outbox.append([
      event('k', 1),
      { ...event('k', 'x'), topic: missing() },
      { ...event('k', 'y'), topic: missing() },
      event('k', 2),
    ]);
    await eventually(async () => (await relay.stats()).setAside > 0);
  });

  it('is listed with its reason, as is what waits', async () => {
    const [aside] = await ask(listEvents({ state: 'set-aside', limit: 10 }));
    expect(aside).toMatchObject({
      topic: missing(),
      key: 'k',
      type: 'test.v1',
      reason: 'unknown-topic',
      error: expect.stringContaining('does not host'),
      discardedBy: null,
    });
    expect(await ask(listEvents({ state: 'set-aside', reason: 'message-too-large', limit: 10 }))).toEqual([]);
    await topic.count(2);
    await eventually(async () => (await ask(listEvents({ state: 'published', limit: 10 }))).length === 2);
    const ids = (await ask(listEvents({ limit: 10 }))).map(({ id }) => Number(id));
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
    expect((await ask(listEvents({ before: String(ids[1]), limit: 1 }))).map(({ id }) => Number(id))).toEqual(
      [ids[2]],
    );
  });

  it('is never sent once it is discarded, and the later events of its key go on', async () => {
    // Both events of the topic may have been refused in one request.
    await eventually(async () => {
      const gone = await ask(discardSetAside({ topic: missing() }, 'olga'));
      return gone.length > 0;
    });
    await eventually(async () => (await ask(discardSetAside({ key: 'k' }, 'olga'))).length === 0);
    const discarded = await ask(listEvents({ state: 'discarded', limit: 10 }));
    expect(discarded[0]).toMatchObject({ discardedBy: 'olga', reason: 'unknown-topic' });
    await createTopic(missing());
    await outbox.append([{ ...event('k', 'z'), topic: missing() }]);
    const there = await TestTopic.follow(missing());
    await there.until((seen) => seen.some(({ json }) => json === 'z'));
    expect(there.seen.map(({ json }) => json)).not.toContain('x');
    expect(await replay(new Date(0))).toBe((await ask(listEvents({ state: 'published', limit: 9 }))).length);
    await there.close();
  });

  it('goes on once it is released, in order with what waited behind it', async () => {
    await outbox.stopRelays();
    expect(await ask(releaseSetAside({ id: '0' }))).toEqual([]);
    const released = await ask(releaseSetAside({ topic: missing(), reason: 'unknown-topic' }));
    expect(released[0]).toMatchObject({ topic: missing(), key: 'k' });
    await createTopic(missing());
    outbox.relay();
    const there = await TestTopic.follow(missing());
    await there.count(2);
    expect(there.seen.map(({ json }) => json)).toEqual(['x', 'y']);
    await there.close();
  });
});
