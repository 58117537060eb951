import { Controller, type Type } from '@nestjs/common';
import { testBrokers } from '@semel/platform/testing';
import { KafkaEvent } from './kafka-event.js';
import { KafkaTransport } from './kafka-transport.js';
import type { ReceivedMessage } from './message.js';
import { message, Workbench } from './testing/consumer-app.spec.js';
import { Journal } from './testing/journal.spec.js';
import { Network } from './testing/network.spec.js';
import { plain } from './testing/plain-controller.spec.js';

/** A promise, and how it is kept. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('membership', () => {
  let bench: Workbench;
  const open = async (partitions = 1) => {
    bench = await new Workbench(partitions).open();
  };
  /** Keeps the values of what it took. */
  const keeping = (done: unknown[]): Type => plain(bench.topic, ({ value }) => done.push(value));
  const over = ({ socketFactory }: Network) => ({ kafka: { brokers: testBrokers(), socketFactory } });
  afterEach(() => bench.close());

  it('creates missing topics with their parking lots, two services at once, and leaves existing ones alone', async () => {
    await open(3);
    const topics = [
      { topic: bench.topic, partitions: 12 },
      { topic: `${bench.topic}.second`, partitions: 5 },
    ];
    @Controller()
    class Both {
      @KafkaEvent(bench.topic)
      one() {}
      @KafkaEvent(`${bench.topic}.second`)
      two() {}
    }
    const publishes = [{ topic: `${bench.topic}.out`, partitions: 2 }];
    await Promise.all([
      bench.consume([Both], { topics, publishes }),
      bench.consume([Both], { topics, publishes }),
    ]);
    const names = ['', '.dlq', '.second', '.second.dlq', '.out'].map((suffix) => `${bench.topic}${suffix}`);
    const { topics: found } = await bench.admin.fetchTopicMetadata({ topics: names });
    const counts = new Map(found.map(({ name, partitions }) => [name, partitions.length]));
    expect(names.map((name) => counts.get(name))).toEqual([3, 12, 5, 5, 2]);
  });

  it('is ready once it is in the group, and neither before nor after', async () => {
    await open();
    const journal = new Journal();
    const unborn = new KafkaTransport(bench.options(journal));
    expect(unborn.health()).toMatchObject({ ready: false, state: 'starting' });
    const { transport } = await bench.consume([plain(bench.topic, () => {})]);
    expect(transport.health()).toMatchObject({ ready: true, state: 'joined', waiting: [] });
    await transport.close();
    expect(transport.health()).toMatchObject({ ready: false, state: 'closed' });
  });

  it('starts without brokers, unready, and consumes when they come', async () => {
    await open();
    const network = new Network();
    network.cut();
    const done: unknown[] = [];
    await bench.send(message('a', 1));
    const { journal, transport } = await bench.consume([keeping(done)], over(network));
    expect(transport.health()).toMatchObject({ ready: false, state: 'away' });
    expect(transport.health().lastError).toMatch(/ECONNREFUSED/);
    network.mend();
    await journal.until(() => journal.of('committed').length === 1);
    expect(done).toEqual([1]);
    expect(transport.health().ready).toBe(true);
  });

  it('becomes unready when the brokers are gone, and goes on where it was when they are back and have forgotten it', async () => {
    await open();
    const network = new Network();
    const done: unknown[] = [];
    const { journal, transport } = await bench.consume([keeping(done)], {
      ...over(network),
      heartbeatIntervalMs: 200,
      sessionTimeoutMs: 6_000,
    });
    await bench.send(message('a', 1));
    await journal.until(() => journal.of('committed').length === 1);
    network.cut();
    await bench.send(message('a', 2));
    while (transport.health().ready) await new Promise(setImmediate);
    await bench.untilGroupIsEmpty();
    network.mend();
    await journal.until(() => done.length === 2);
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '2'));
    expect(done).toEqual([1, 2]);
    expect(transport.health().ready).toBe(true);
  });

  it('is back as soon as the brokers are, and nobody waits for the session of the member that it was', async () => {
    await open();
    const network = new Network();
    const done: unknown[] = [];
    const { journal, transport } = await bench.consume([keeping(done)], {
      ...over(network),
      // Ten times as long as this test may take.
      sessionTimeoutMs: 300_000,
    });
    network.cut();
    await bench.send(message('a', 1));
    while (transport.health().state !== 'away') await new Promise(setImmediate);
    network.mend();
    await journal.until(() => journal.of('committed').length === 1);
    expect(done).toEqual([1]);
    const { groups } = await bench.admin.describeGroups([bench.group]);
    expect(groups.map(({ state, members }) => [state, members.length])).toEqual([['Stable', 1]]);
  });

  it('is ready while the brokers still wait for a member that was killed', async () => {
    await open();
    const network = new Network();
    await bench.consume([plain(bench.topic, () => {})], over(network));
    network.cut();
    const { journal, transport } = await bench.consume([plain(bench.topic, () => {})], {
      startPatienceMs: 1,
    });
    while (transport.health().state !== 'joining') await new Promise(setImmediate);
    expect(transport.health().ready).toBe(true);
    expect(journal.of('joined')).toEqual([]);
    await journal.until(() => journal.of('joined').length === 1);
    expect(transport.health()).toMatchObject({ ready: true, state: 'joined' });
    // The killed one is still a process here, and has to be able to end.
    network.mend();
  });

  it('becomes unready when the brokers fall silent', async () => {
    await open();
    const network = new Network();
    const { transport } = await bench.consume([plain(bench.topic, () => {})], {
      ...over(network),
      heartbeatIntervalMs: 200,
      sessionTimeoutMs: 6_000,
    });
    network.freeze();
    while (transport.health().ready) await new Promise(setImmediate);
    expect(transport.health().state).toBe('unconfirmed');
    network.thaw();
    while (!transport.health().ready) await new Promise(setImmediate);
  });

  it.each([
    ['holds its batch', 20_000],
    ['runs on alone', 50],
  ])(
    'keeps its membership while a handler outlasts the session and %s, and does not repeat it',
    async (_case, slowHandlerMs) => {
      await open();
      const done: unknown[] = [];
      const controller = plain(bench.topic, async ({ value }) => {
        // 6 s is the shortest session that brokers take by default (group.min.session.timeout.ms).
        await new Promise((resolve) => setTimeout(resolve, 7_500));
        done.push(value);
      });
      await bench.send(message('a', 'slow'));
      const { journal } = await bench.consume([controller], {
        heartbeatIntervalMs: 500,
        sessionTimeoutMs: 6_000,
        slowHandlerMs,
      });
      await journal.until(() => journal.of('committed').some(({ offset }) => offset === '1'));
      expect(done).toEqual(['slow']);
      expect(journal.of('joined')).toHaveLength(1);
    },
  );

  it('commits nothing for a partition that was taken away while its handler ran', async () => {
    await open(2);
    const slow = gate();
    const entered = gate();
    const first: string[] = [];
    const { journal } = await bench.consume(
      [
        plain(bench.topic, async ({ key, partition }) => {
          first.push(`${partition} ${key}`);
          entered.open();
          await slow.opened;
        }),
      ],
      { slowHandlerMs: 20, heartbeatIntervalMs: 100, sessionTimeoutMs: 6_000 },
    );
    await bench.send({ ...message('a', 1), partition: 0 }, { ...message('b', 1), partition: 1 });
    await entered.opened;
    await journal.until(() => journal.of('received').length === 2);
    const second: string[] = [];
    const another = await bench.consume(
      [plain(bench.topic, ({ key, partition }) => second.push(`${partition} ${key}`))],
      { heartbeatIntervalMs: 100, sessionTimeoutMs: 6_000 },
    );
    // The second member owns one of the two partitions now, and reads its message again.
    await another.journal.until(() => another.journal.of('committed').length === 1);
    const taken = another.journal.of('committed')[0]?.partition ?? -1;
    expect(second).toHaveLength(1);
    slow.open();
    const kept = 1 - taken;
    await journal.until(() => journal.of('committed').some(({ partition }) => partition === kept));
    expect(journal.of('committed').filter(({ partition }) => partition === taken)).toEqual([]);
  });

  it('waits at its end for running handlers, commits what they did, and begins nothing new', async () => {
    await open();
    const slow = gate();
    const entered = gate();
    const done: unknown[] = [];
    await bench.send(message('a', 1), message('b', 2), message('c', 3));
    const { journal, app } = await bench.consume(
      [
        plain(bench.topic, async ({ value }) => {
          entered.open();
          await slow.opened;
          done.push(value);
        }),
      ],
      { slowHandlerMs: 20 },
    );
    await entered.opened;
    const closed = app.close();
    slow.open();
    await closed;
    expect(done).toEqual([1]);
    expect(journal.of('committed')).toMatchObject([{ offset: '1' }]);
    expect(await bench.committed()).toBe(1);
  });

  it('takes up after a restart what was not committed, and nothing else', async () => {
    await open();
    const done: unknown[] = [];
    await bench.send(message('a', 1), message('b', 2));
    let isDown = true;
    const handle = ({ value }: ReceivedMessage) => {
      if (value === 2 && isDown) throw new Error('down');
      done.push(value);
    };
    const before = await bench.consume([plain(bench.topic, handle)], { isTransient: () => true });
    await before.journal.until(() => before.journal.of('waiting').length > 0);
    await before.app.close();
    isDown = false;
    const after = await bench.consume([plain(bench.topic, handle)], { isTransient: () => true });
    await after.journal.until(() => after.journal.of('committed').some(({ offset }) => offset === '2'));
    expect(done).toEqual([1, 2]);
  });

  it('tells when kafkajs gives its consumer up for good', async () => {
    await open();
    const fatal = gate();
    const errors: Error[] = [];
    const { transport } = await bench.consume([plain(bench.topic, () => {})], {
      // A group protocol nobody else speaks: the broker refuses the join, and kafkajs does not try again.
      groupId: await inconsistentGroup(bench),
      onFatal: (error) => {
        errors.push(error);
        fatal.open();
      },
    });
    await fatal.opened;
    expect(errors[0]).toMatchObject({ code: 'kafka-consumer-died' });
    expect(transport.health()).toMatchObject({ ready: false, state: 'dead' });
  });
});

/** A group whose only member speaks another assignment protocol than kafkajs's round robin. */
async function inconsistentGroup(bench: Workbench): Promise<string> {
  const groupId = `${bench.group}-foreign`;
  const consumer = bench.kafka.consumer({
    groupId,
    partitionAssigners: [
      ({ cluster }) => ({
        name: 'foreign',
        version: 0,
        protocol: ({ topics }) => ({ name: 'foreign', metadata: Buffer.from(topics.join()) }),
        assign: async ({ members }) => {
          void cluster;
          return members.map(({ memberId }) => ({ memberId, memberAssignment: Buffer.alloc(0) }));
        },
      }),
    ],
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [bench.topic] });
  const joined = new Promise<void>((resolve) => {
    consumer.on(consumer.events.GROUP_JOIN, () => resolve());
  });
  await consumer.run({ eachMessage: async () => {} });
  await joined;
  bench.closeLater(() => consumer.disconnect());
  return groupId;
}
