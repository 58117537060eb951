import { uniqueName } from '@semel/platform/testing';
import { BrokerProxy } from '../testing/proxy.spec.js';
import { eventually, TestOutbox } from '../testing/test-outbox.spec.js';
import { createTopic, deleteTopic, firstOccurrences, TestTopic } from '../testing/topic.spec.js';

let outbox: TestOutbox;
let proxy: BrokerProxy;
const topics: TestTopic[] = [];
beforeEach(async () => {
  [outbox, proxy] = await Promise.all([TestOutbox.create(), new BrokerProxy().open()]);
});
afterEach(async () => {
  await outbox.drop();
  await proxy.close();
  await Promise.all(topics.splice(0).map((topic) => topic.close()));
});

async function newTopic(options: { maxMessageBytes?: number } = {}): Promise<TestTopic> {
  const topic = await TestTopic.create(options);
  topics.push(topic);
  return topic;
}

const event = (topic: string, key: string, data: unknown = key) => ({ topic, key, type: 'test.v1', data });
const throughProxy = async () => {
  const { testBrokers } = await import('@semel/platform/testing');
  return { brokers: testBrokers(), socketFactory: proxy.socketFactory };
};
const unpublished = () => outbox.rows('SELECT FROM outbox WHERE published_at IS NULL');

it('cuts a send off at its deadline: what is sent again is not sent by the old producer as well', async () => {
  const topic = await newTopic();
  const failures: unknown[] = [];
  const relay = outbox.relay({
    kafka: await throughProxy(),
    relay: { sendDeadline: 1_000 },
    observer: { failed: (error) => failures.push(error) },
  });
  await outbox.append([event(topic.name, 'first')]);
  await topic.untilKey('first');
  const swallowed = new Promise<number>((resolve) => {
    proxy.onHeld = (bytes) => {
      if (bytes > 5_000) resolve(bytes);
    };
  });
  proxy.hold();
  await outbox.append([event(topic.name, 'held', 'x'.repeat(10_000)), event(topic.name, 'held', 'next')]);
  await swallowed;
  await eventually(async () =>
    failures.some((error) => (error as { code?: string }).code === 'send-deadline'),
  );
  expect(relay.health().connected).toBe(false);
  proxy.release();
  await topic.count(3);
  await outbox.append([event(topic.name, 'held', 'last')]);
  await topic.count(4);
  await eventually(async () => (await unpublished()).length === 0);
  expect(topic.seen.map(({ key }) => key)).toEqual(['first', 'held', 'held', 'held']);
  expect(relay.health()).toEqual({ connected: true });
});

it('takes events while the broker is down, says so, and drains when it is back', async () => {
  const topic = await newTopic();
  const relay = outbox.relay({ kafka: await throughProxy() });
  await eventually(async () => relay.health().connected);
  proxy.down();
  for (let n = 0; n < 50; n += 1) await outbox.append([event(topic.name, `k${n % 5}`, n)]);
  await eventually(async () => !relay.health().connected);
  expect(await relay.stats()).toMatchObject({ pending: 50, setAside: 0 });
  proxy.up();
  await topic.count(50);
  await eventually(async () => relay.health().connected);
  for (const values of firstOccurrences(topic.seen).values()) {
    expect(values).toEqual([...(values as number[])].sort((a, b) => a - b));
  }
});

it('sets a message of 4 MB aside with a reason; its key waits, other keys flow', async () => {
  const topic = await newTopic();
  const told: [number, string][] = [];
  const relay = outbox.relay({ observer: { setAside: (...args) => told.push(args) } });
  await outbox.append([
    event(topic.name, 'big', 'before'),
    event(topic.name, 'big', 'x'.repeat(4 * 1024 * 1024)),
    event(topic.name, 'big', 'after'),
    ...Array.from({ length: 50 }, (_, n) => event(topic.name, `small-${n}`)),
  ]);
  await topic.count(51);
  const [row] = await eventually(async () => {
    const rows = await outbox.rows(
      'SELECT set_aside_reason, set_aside_error FROM outbox WHERE set_aside_at IS NOT NULL',
    );
    return rows.length > 0 && rows;
  });
  expect(row).toEqual({
    set_aside_reason: 'message-too-large',
    set_aside_error: expect.stringContaining('larger than'),
  });
  await outbox.append([event(topic.name, 'sentinel')]);
  await topic.untilKey('sentinel');
  expect(topic.seen.filter(({ key }) => key === 'big').map(({ json }) => json)).toEqual(['before']);
  expect(told).toEqual([[1, 'message-too-large']]);
  await eventually(async () => (await relay.stats()).pending === 1);
  expect(await relay.stats()).toEqual({ pending: 1, setAside: 1, oldestPendingSeconds: expect.any(Number) });
});

it('reads no event above largestEvent into memory, and sets it aside all the same', async () => {
  const topic = await newTopic();
  outbox.relay({ relay: { largestEvent: 5_000 } });
  await outbox.append([event(topic.name, 'big', 'x'.repeat(6_000)), event(topic.name, 'small')]);
  await topic.untilKey('small');
  await eventually(async () => {
    const rows = await outbox.rows<{ key: string }>(
      "SELECT key FROM outbox WHERE set_aside_reason = 'message-too-large'",
    );
    return rows.length === 1 && rows[0]?.key === 'big';
  });
});

it('finds the one culprit among many events of a refused request', async () => {
  const topic = await newTopic({ maxMessageBytes: 20_000 });
  const keys = Array.from({ length: 64 }, (_, n) => `k${n}`);
  await outbox.append(keys.map((key) => event(topic.name, key, key === 'k40' ? 'x'.repeat(30_000) : key)));
  outbox.relay();
  const [row] = await eventually(async () => {
    const rows = await outbox.rows<{ key: string }>('SELECT key FROM outbox WHERE set_aside_at IS NOT NULL');
    return rows.length > 0 && rows;
  });
  expect(row!.key).toBe('k40');
  await topic.until((seen) => new Set(seen.map(({ key }) => key)).size === 63);
  await eventually(async () => (await unpublished()).length === 1);
});

it('sets events of a topic that does not exist aside; they flow in order once it does', async () => {
  const [there, missing] = [await newTopic(), uniqueName('missing')];
  const relay = outbox.relay();
  await outbox.append([event(missing, 'k', 1), event(there.name, 'k', 'there'), event(missing, 'k', 2)]);
  await there.untilKey('k');
  await eventually(async () => (await relay.stats()).setAside > 0);
  await outbox.append([event(missing, 'k', 3)]);
  const reasons = await outbox.rows<{ set_aside_reason: string }>(
    'SELECT DISTINCT set_aside_reason FROM outbox WHERE set_aside_at IS NOT NULL',
  );
  expect(reasons).toEqual([{ set_aside_reason: 'unknown-topic' }]);
  await createTopic(missing);
  const topic = await TestTopic.follow(missing);
  topics.push(topic);
  await topic.count(3);
  expect(topic.seen.map(({ json }) => json)).toEqual([1, 2, 3]);
});

it('marks what was acknowledged even when the database fails just then, instead of sending it again', async () => {
  const topic = await newTopic();
  await outbox.rows(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no marks today'; END $$`,
  );
  await outbox.rows('CREATE TRIGGER refuse BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION refuse()');
  const failures: unknown[] = [];
  outbox.relay({ observer: { failed: (error) => failures.push(error) } });
  await outbox.append([event(topic.name, 'k', 1)]);
  await topic.count(1);
  await outbox.append([event(topic.name, 'k', 2), event(topic.name, 'other')]);
  await topic.untilKey('other');
  await eventually(async () => failures.length >= 3);
  expect(topic.seen.filter(({ key }) => key === 'k')).toHaveLength(1);
  await outbox.rows('DROP TRIGGER refuse ON outbox');
  await topic.count(3);
  await eventually(async () => (await unpublished()).length === 0);
  expect(topic.seen).toHaveLength(3);
});

it('goes on when its observer throws', async () => {
  const topic = await newTopic();
  const angry = () => {
    throw new Error('observer');
  };
  outbox.relay({ observer: { acknowledged: angry, published: angry, holding: angry } });
  await outbox.append([event(topic.name, 'a')]);
  await outbox.append([event(topic.name, 'b')]);
  await topic.count(2);
  await eventually(async () => (await unpublished()).length === 0);
});

it('deletes published rows after their time, and no others', async () => {
  const topic = await newTopic();
  await outbox.append([event(uniqueName('missing'), 'waits'), event(topic.name, 'goes')]);
  outbox.relay({ relay: { keepPublished: 1_000 } });
  await topic.count(1);
  const left = await eventually(async () => {
    const rows = await outbox.rows<{ key: string }>('SELECT key FROM outbox');
    return rows.length === 1 && rows;
  });
  expect(left).toEqual([{ key: 'waits' }]);
});

it('finishes and marks the send under way when it is stopped, and gives its buckets back at once', async () => {
  const topic = await newTopic();
  let stopped = (_: Promise<void>) => {};
  const stopping = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  const relay = outbox.relay({
    relay: { pageRows: 10 },
    observer: {
      acknowledged: () => stopped(relay.stop()),
    },
  });
  await outbox.append(Array.from({ length: 40 }, (_, n) => event(topic.name, `k${n}`)));
  await stopping;
  const published = await outbox.rows<{ key: string }>(
    'SELECT key FROM outbox WHERE published_at IS NOT NULL',
  );
  expect(published.length).toBeGreaterThan(0);
  expect(published.length).toBeLessThan(40);
  expect(await outbox.rows('SELECT FROM outbox_lease WHERE relay IS NOT NULL')).toEqual([]);
  expect(await outbox.rows('SELECT FROM outbox_relay')).toEqual([]);
  outbox.relay();
  await topic.count(40);
  await eventually(async () => (await unpublished()).length === 0);
  expect(topic.seen).toHaveLength(40);
});

it('gives its buckets back only when what was acknowledged is marked: a successor would send it again', async () => {
  const topic = await newTopic();
  await outbox.append([event(topic.name, 'k')]);
  const reader = await outbox.begin();
  await reader.client.query('SELECT FROM outbox FOR UPDATE');
  const relay = outbox.relay();
  await topic.count(1);
  const markWaits = () =>
    outbox.rows(
      "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE outbox SET published_at%'",
    );
  await eventually(async () => (await markWaits()).length === 1);
  const stopping = relay.stop();
  // Nothing can be awaited here: what must not happen would happen now.
  await outbox.rows('SELECT pg_sleep(0.3)');
  expect(await outbox.rows('SELECT FROM outbox_lease WHERE relay IS NOT NULL')).toHaveLength(64);
  await reader.rollback();
  await stopping;
  expect(await outbox.rows('SELECT FROM outbox_lease WHERE relay IS NOT NULL')).toEqual([]);
  expect(await unpublished()).toEqual([]);
});

it('sets events of a topic that was deleted under way aside; they flow in order once it is back', async () => {
  const [there, doomed] = [await newTopic(), await newTopic()];
  const relay = outbox.relay();
  await outbox.append([event(doomed.name, 'k', 1)]);
  await doomed.count(1);
  await deleteTopic(doomed.name);
  await outbox.append([event(doomed.name, 'k', 2), event(there.name, 'k', 'flows')]);
  await eventually(async () => (await relay.stats()).setAside > 0);
  await there.untilKey('k');
  await outbox.append([event(doomed.name, 'k', 3)]);
  await createTopic(doomed.name);
  const again = await TestTopic.follow(doomed.name);
  topics.push(again);
  await again.count(2);
  expect(again.seen.map(({ json }) => json)).toEqual([2, 3]);
});
