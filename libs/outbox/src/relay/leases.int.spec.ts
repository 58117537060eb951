import { TestOutbox } from '../testing/test-outbox.spec.js';
import { Leases } from './leases.js';
import { RelayDatabase } from './relay-database.js';

let outbox: TestOutbox;
let database: RelayDatabase;
beforeEach(async () => {
  outbox = await TestOutbox.create();
  database = new RelayDatabase({ connectionString: outbox.url }, () => {});
});
afterEach(async () => {
  await database.end();
  await outbox.drop();
});

const idle = () => false;
const relay = (milliseconds = 60_000, instance?: string) => new Leases(database, milliseconds, instance);
const expire = () => outbox.rows("UPDATE outbox_lease SET expires_at = now() - interval '1 second'");

it('gives one relay every bucket, two of them half each, three a third, and nobody a bucket of another', async () => {
  const relays = [relay(), relay(), relay()] as const;
  const held = () => relays.map((one) => one.readable.length);
  await relays[0].renew(idle);
  expect(held()).toEqual([64, 0, 0]);
  await relays[1].renew(idle);
  await relays[0].renew(idle);
  await relays[1].renew(idle);
  expect(held()).toEqual([32, 32, 0]);
  await relays[2].renew(idle);
  for (const one of relays) await one.renew(idle);
  await relays[2].renew(idle);
  expect(held()).toEqual([22, 22, 20]);
  expect(new Set(relays.flatMap((one) => one.readable)).size).toBe(64);
});

it('reads no more from a bucket that it gives up, but keeps it until its events in flight are settled', async () => {
  const [old, young] = [relay(), relay()];
  await old.renew(idle);
  await young.renew(idle);
  await old.renew((bucket) => bucket === 63);
  expect(old.reads(63)).toBe(false);
  await young.renew(idle);
  expect(young.reads(63)).toBe(false);
  expect(young.readable).toHaveLength(31);
  await old.renew(idle);
  await young.renew(idle);
  expect(young.reads(63)).toBe(true);
});

it('takes the buckets of a relay whose lease has run out by the clock of the database, and no others', async () => {
  const [dead, heir] = [relay(), relay()];
  await dead.renew(idle);
  await heir.renew(idle);
  expect(heir.readable).toEqual([]);
  await expire();
  await outbox.rows('DELETE FROM outbox_relay WHERE id = $1', [dead.relay]);
  expect(await heir.renew(idle)).toBe(true);
  expect(heir.readable).toHaveLength(64);
});

it('finds out that its buckets were taken while it was away', async () => {
  const [sleeper, heir] = [relay(), relay()];
  await sleeper.renew(idle);
  await expire();
  await heir.renew(idle);
  await heir.renew(idle);
  await sleeper.renew(idle);
  expect(sleeper.readable.filter((bucket) => heir.reads(bucket))).toEqual([]);
});

it('covers no send that would outlast the lease', async () => {
  const short = relay(10_000);
  expect(short.cover(1)).toBe(false);
  await short.renew(idle);
  expect(short.cover(9_000)).toBe(true);
  expect(short.cover(10_001)).toBe(false);
  await short.leave();
  expect(short.cover(1)).toBe(false);
});

it('succeeds its predecessor of the same instance at once, and disturbs no other instance', async () => {
  const [predecessor, neighbour] = [relay(60_000, 'order-1'), relay(60_000, 'order-2')];
  await neighbour.renew(idle);
  await predecessor.renew(idle);
  await neighbour.renew(idle);
  await predecessor.renew(idle);
  const successor = relay(60_000, 'order-1');
  await successor.succeedPredecessor();
  await successor.renew(idle);
  expect(successor.readable).toHaveLength(32);
  expect(neighbour.readable).toHaveLength(32);
  expect(successor.readable.filter((bucket) => neighbour.reads(bucket))).toEqual([]);
});
