import { until } from './client.js';
import type { Cluster } from './cluster.js';
import { explained } from './explained.js';
import type { RunningShop } from './running-shop.js';
import { TwinShop } from './twin-shop.js';

let twins: TwinShop;
let shop: RunningShop;
let cluster: Cluster;

beforeAll(async () => {
  twins = await TwinShop.start();
  ({ shop, cluster } = twins);
}, 300_000);
afterAll(() => twins.stop(), 120_000);

const test = explained(() => twins.report());

test('goes on by itself where a topic was deleted and made anew', async () => {
  await shop.newSku('AGAIN', 1_000);
  await cluster.admin.deleteTopics({ topics: ['purchases'] });
  const buyers = twins.shoppers();
  const buy = (n: number) =>
    Promise.all(Array.from({ length: n }, () => buyers.place([{ sku: 'AGAIN', quantity: 1 }])));
  const ids = await buy(20);
  await until(
    () => twins.count('order', "outbox WHERE set_aside_reason = 'unknown-topic' AND published_at IS NULL"),
    (events) => events > 0,
  );
  await cluster.admin.createTopics({
    topics: [{ topic: 'purchases', numPartitions: 12 }],
    waitForLeaders: false,
  });
  ids.push(...(await buy(20)));
  await until(
    () => twins.count('order', "orders WHERE id = ANY ($1::uuid[]) AND status = 'confirmed'", [ids]),
    (orders) => orders === 40,
  );
  expect(await twins.stockOf('AGAIN')).toEqual({ available: 960, reserved: 40 });
}, 120_000);

test('ends a process whose consumer can’t come back, so that its supervisor acts', async () => {
  const [victim, other] = shop.instances.order;
  await other?.stop();
  victim?.freeze();
  await until(
    () => cluster.members('order'),
    (members) => members.length === 0,
  );
  // Somebody else’s program takes the name of the group, and speaks another protocol.
  const stranger = cluster.kafka.consumer({
    groupId: 'order',
    partitionAssigners: [
      () => ({
        name: 'foreign',
        version: 0,
        protocol: ({ topics }) => ({ name: 'foreign', metadata: Buffer.from(topics.join()) }),
        assign: async ({ members }) =>
          members.map(({ memberId }) => ({ memberId, memberAssignment: Buffer.alloc(0) })),
      }),
    ],
  });
  await stranger.connect();
  await stranger.subscribe({ topics: ['reservations'] });
  const joined = new Promise((resolve) => stranger.on(stranger.events.GROUP_JOIN, resolve));
  await stranger.run({ eachMessage: async () => {} });
  await joined;
  victim?.thaw();
  expect(await victim?.ended()).toBe(1);
  await stranger.disconnect();
  const [told] = (await shop.logLines('order')).filter(({ msg }) => String(msg).includes('died'));
  expect(told?.msg).toMatch(/^The Kafka consumer of group "order" died .*: restart the process\.$/);
}, 120_000);
