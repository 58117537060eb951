import { context, propagation } from '@opentelemetry/api';
import { eventually, source, TestOutbox } from './testing/test-outbox.spec.js';
import { firstOccurrences, TestTopic } from './testing/topic.spec.js';

let outbox: TestOutbox;
let topic: TestTopic;
beforeAll(async () => {
  [outbox, topic] = await Promise.all([TestOutbox.create(), TestTopic.create()]);
});
afterEach(() => outbox.stopRelays());
afterAll(async () => {
  await topic.close();
  await outbox.drop();
});

const event = (key: string, data: unknown = { key }) => ({ topic: topic.name, key, type: 'test.v1', data });

it('publishes what was committed and nothing of what was rolled back', async () => {
  outbox.relay();
  const dropped = await outbox.begin();
  await outbox.appendIn(dropped, [event('rolled-back')]);
  await dropped.rollback();
  await outbox.append([event('committed')]);
  const seen = await topic.untilKey('committed');
  expect(seen.map(({ key }) => key)).toEqual(['committed']);
});

it('publishes nothing before the commit, and without waiting for the poll after it', async () => {
  const relay = outbox.relay({ relay: { pollInterval: 60_000 } });
  await eventually(async () => relay.health().connected);
  const transaction = await outbox.begin();
  await outbox.appendIn(transaction, [event('open')]);
  await outbox.append([event('sentinel-1')]);
  expect((await topic.untilKey('sentinel-1')).map(({ key }) => key)).not.toContain('open');
  await transaction.commit();
  await topic.untilKey('open');
});

it('finds the events of processes that have no relay by polling', async () => {
  outbox.relay();
  const transaction = await outbox.begin();
  await outbox.appendIn(transaction, [event('polled')]);
  await transaction.client.query('COMMIT');
  await topic.untilKey('polled');
  transaction.client.release();
});

it('refuses an append outside of an operation: it could not be part of any commit', async () => {
  await expect(outbox.appendBare([event('bare')])).rejects.toMatchObject({ code: 'transaction-required' });
});

it('writes none of the events when one of them is unusable', async () => {
  const unusable: [string, object][] = [
    ['key', { key: '' }],
    ['key', { key: 'a\u0000b' }],
    ['key', { key: 'half \ud83d' }],
    ['key', { key: 'é'.repeat(128) }],
    ['topic', { topic: '' }],
    ['type', { type: '' }],
    ['data', { data: undefined }],
    ['data', { data: { amount: 1n } }],
    ['time', { time: new Date('never') }],
  ];
  for (const [member, change] of unusable) {
    const appending = outbox.append([event('fine'), { ...event('bad'), ...change }]);
    await expect(appending).rejects.toMatchObject({
      code: 'invalid-event',
      message: expect.stringContaining(member),
    });
  }
  expect(await outbox.rows("SELECT FROM outbox WHERE key = 'fine'")).toEqual([]);
});

it('carries bytes: NUL, lone surrogates, big integers and what was serialised already arrive as they were', async () => {
  outbox.relay();
  const bytes = Buffer.from('{ "id":12345678901234567890,  "z":"\\u0000" }');
  await outbox.append([
    event('nul', { note: 'a\u0000b' }),
    event('surrogate', { note: 'half \ud83d' }),
    event('bytes', bytes),
    event('null', null),
  ]);
  const seen = new Map((await topic.untilKey('null')).map((message) => [message.key, message]));
  await topic.until(() =>
    ['nul', 'surrogate', 'bytes'].every((key) => topic.seen.some((m) => m.key === key)),
  );
  for (const message of topic.seen) seen.set(message.key, message);
  expect(seen.get('nul')?.value.toString()).toBe('{"note":"a\\u0000b"}');
  expect(seen.get('surrogate')?.json).toEqual({ note: 'half \ud83d' });
  expect(seen.get('bytes')?.value.equals(bytes)).toBe(true);
  expect(seen.get('null')?.value.toString()).toBe('null');
});

it('fixes the CloudEvents headers at the append, the time by the database clock', async () => {
  const before = await outbox.rows<{ now: Date }>('SELECT clock_timestamp() AS now');
  await outbox.append([event('headers')]);
  const [row] = await outbox.rows<{ headers: Record<string, string> }>(
    "SELECT headers FROM outbox WHERE key = 'headers'",
  );
  outbox.relay();
  const message = (await topic.untilKey('headers')).find(({ key }) => key === 'headers')!;
  expect(message.headers).toEqual({
    ce_specversion: '1.0',
    ce_id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
    ce_source: source,
    ce_type: 'test.v1',
    ce_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    'content-type': 'application/json',
  });
  expect(message.headers).toEqual(row?.headers);
  const appended = Date.parse(message.headers.ce_time!);
  expect(appended).toBeGreaterThanOrEqual(before[0]!.now.getTime() - 1);
});

it('takes trace and time from the event, else the trace from the active context', async () => {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const ambient = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
  const time = new Date('2026-02-03T04:05:06.789Z');
  propagation.setGlobalPropagator({
    inject: (_, carrier, setter) => setter.set(carrier, 'traceparent', ambient),
    extract: () => context.active(),
    fields: () => ['traceparent'],
  });
  await outbox.append([
    { ...event('traced'), traceparent, time },
    event('traced'),
    { ...event('traced'), traceparent: 'from outside: \u0000' },
  ]);
  propagation.disable();
  const rows = await outbox.rows<{ trace: string | null; time: string }>(
    `SELECT headers ->> 'traceparent' AS trace, headers ->> 'ce_time' AS time FROM outbox WHERE key = 'traced' ORDER BY id`,
  );
  expect(rows.map(({ trace }) => trace)).toEqual([traceparent, ambient, null]);
  expect(rows[0]!.time).toBe(time.toISOString());
});

it('keeps the order of one append: thousands of events, several requests', async () => {
  outbox.relay({ relay: { pageRows: 300 } });
  const numbers = Array.from({ length: 2_500 }, (_, index) => index);
  await outbox.append(numbers.map((n) => event(`bulk-${n % 7}`, n)));
  const seen = await topic.until((all) => all.filter(({ key }) => key.startsWith('bulk-')).length >= 2_500);
  for (const [key, values] of firstOccurrences(seen.filter((message) => message.key.startsWith('bulk-')))) {
    expect(values).toEqual(numbers.filter((n) => `bulk-${n % 7}` === key));
  }
});
