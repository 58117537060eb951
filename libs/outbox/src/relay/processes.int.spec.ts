import { compileRelay, RelayProcess } from '../testing/relay-process.spec.js';
import { eventually, TestOutbox } from '../testing/test-outbox.spec.js';
import { firstOccurrences, TestTopic } from '../testing/topic.spec.js';

let compiled: Awaited<ReturnType<typeof compileRelay>>;
let outbox: TestOutbox;
let topic: TestTopic;
const processes: RelayProcess[] = [];
beforeAll(async () => {
  compiled = await compileRelay();
});
beforeEach(async () => {
  [outbox, topic] = await Promise.all([TestOutbox.create(), TestTopic.create()]);
});
afterEach(async () => {
  for (const relay of processes) relay.signal('SIGKILL');
  await Promise.all(processes.splice(0).map((relay) => relay.exit()));
  await topic.close();
  await outbox.drop();
});
afterAll(() => compiled.remove());

const settings = { pollInterval: 50, sendDeadline: 1_000, lease: 2_000, pageRows: 40 };
const start = (environment: Record<string, string> = {}) => {
  const relay = new RelayProcess(compiled.program, outbox.url, {
    RELAY: JSON.stringify(settings),
    ...environment,
  });
  processes.push(relay);
  return relay;
};
const event = (n: number) => ({ topic: topic.name, key: `k${n % 5}`, type: 'test.v1', data: n });
const events = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => event(from + n));

function expectOrder(total: number): void {
  const valuesOf = firstOccurrences(topic.seen);
  let sum = 0;
  for (const [key, values] of valuesOf) {
    expect(values).toEqual(
      events(0, total)
        .filter((one) => one.key === key)
        .map((one) => one.data),
    );
    sum += values.length;
  }
  expect(sum).toBe(total);
}

it('publishes again what a relay killed between acknowledgement and mark had sent, and keeps the order', async () => {
  await outbox.append(events(0, 100));
  const victim = start({ DIE: 'acknowledged' });
  expect(await victim.exit()).toBe('SIGKILL');
  const sent = Number((await victim.line('acknowledged')).split(' ')[1]);
  expect(sent).toBeGreaterThan(0);
  expect(await outbox.rows('SELECT FROM outbox WHERE published_at IS NOT NULL')).toEqual([]);
  await outbox.append(events(100, 150));
  outbox.relay({ relay: settings });
  await eventually(
    async () => (await outbox.rows('SELECT FROM outbox WHERE published_at IS NULL')).length === 0,
  );
  await topic.count(150 + sent);
  expectOrder(150);
  expect(topic.seen).toHaveLength(150 + sent);
});

it('takes the leases of its own killed predecessor over at once, without waiting for them to run out', async () => {
  const long = { RELAY: JSON.stringify({ ...settings, lease: 600_000 }), INSTANCE: 'order-1' };
  const victim = start(long);
  await victim.line('holding 64');
  victim.signal('SIGKILL');
  await victim.exit();
  await outbox.append(events(0, 10));
  await start(long).line('holding 64');
  await topic.count(10);
});

it('suffers a relay that is stopped past its lease and goes on beside its successor: no loss, order kept', async () => {
  const sleeper = start();
  await sleeper.line('holding 64');
  await outbox.append(events(0, 400));
  await sleeper.line('acknowledged');
  sleeper.signal('SIGSTOP');
  outbox.relay({ relay: settings });
  await outbox.append(events(400, 600));
  await eventually(
    async () => (await outbox.rows('SELECT FROM outbox WHERE published_at IS NULL')).length === 0,
  );
  sleeper.signal('SIGCONT');
  await outbox.append(events(600, 800));
  await topic.until((seen) => new Set(seen.map(({ json }) => json)).size === 800);
  await eventually(
    async () => (await outbox.rows('SELECT FROM outbox WHERE published_at IS NULL')).length === 0,
  );
  expectOrder(800);
});

it('ends by itself after SIGTERM and leaves no lease behind', async () => {
  const relay = start();
  await relay.line('holding 64');
  relay.signal('SIGTERM');
  expect(await relay.exit()).toBeNull();
  expect(await outbox.rows('SELECT FROM outbox_lease WHERE relay IS NOT NULL')).toEqual([]);
});
