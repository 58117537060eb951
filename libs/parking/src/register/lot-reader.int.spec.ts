import { testBrokers, uniqueName } from '@semel/platform/testing';
import kafkajs, { type Message, type Producer } from 'kafkajs';
import { record, TestRegister } from '../testing/test-register.spec.js';
import { LotReader } from './lot-reader.js';

const kafka = new kafkajs.Kafka({ brokers: testBrokers(), logLevel: kafkajs.logLevel.NOTHING });

let shelf: TestRegister;
let topic: string;
let producer: Producer;
const readers: LotReader[] = [];
const complaints: string[] = [];
const log = { warn: (text: string) => complaints.push(text), error: (text: string) => complaints.push(text) };

beforeEach(async () => {
  shelf = await TestRegister.create();
  topic = uniqueName('parked');
  producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  complaints.length = 0;
});
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.stop()));
  await producer.disconnect();
  await shelf.drop();
});

async function createLot(): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: `${topic}.dlq`, numPartitions: 3 }], waitForLeaders: false });
  await admin.disconnect();
}

function read(group: string, run = shelf.run): LotReader {
  const reader = new LotReader({ brokers: testBrokers() }, run, log);
  readers.push(reader);
  reader.start({ group, topics: [topic] });
  return reader;
}

let offset = 0;
const park = (key: string | null, value: string | null, more: Record<string, string> = {}) => {
  const { headers = {} } = record(key, value, { 'semel-offset': String(offset++), ...more });
  return send({ key, value, headers } as Message);
};
async function send(...messages: Message[]): Promise<void> {
  for (;;) {
    try {
      await producer.send({ topic: `${topic}.dlq`, acks: -1, messages });
      return;
    } catch {
      // The topic was made a moment ago, and not every broker hosts it yet.
    }
  }
}

async function entered(count: number): Promise<string[]> {
  for (;;) {
    const rows = await shelf.rows<{ value: Buffer | null }>(
      'SELECT value FROM parking_entry ORDER BY position',
    );
    if (rows.length >= count) return rows.map(({ value }) => String(value));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it('enters what was parked before it began and after, also what has no key or value, in order per key', async () => {
  await createLot();
  const group = uniqueName('group');
  await park('a', '1');
  await park(null, null);
  await park('a', '2');
  read(group);
  await entered(3);
  await park('a', '3');
  const values = await entered(4);
  expect(values.filter((value) => value !== 'null')).toEqual(['1', '2', '3']);
});

it('makes one entry of a message that was parked twice and read by several, from the beginning', async () => {
  await createLot();
  const headers = record('a', '1').headers ?? {};
  await send({ key: 'a', value: '1', headers }, { key: 'a', value: '1', headers });
  for (const _ of [1, 2]) read(uniqueName('group'));
  await park('a', 'last');
  for (const _ of [1, 2]) read(uniqueName('group'));
  await entered(2);
  await park('a', 'sentinel');
  expect(await entered(3)).toEqual(['1', 'last', 'sentinel']);
});

it('waits for a parking lot that is not there yet', async () => {
  read(uniqueName('group'));
  while (complaints.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await createLot();
  await park('a', '1');
  expect(await entered(1)).toEqual(['1']);
  expect(complaints).toHaveLength(1);
});

it('is stopped at once also while its group still waits for a member that does not answer', async () => {
  await createLot();
  const group = `${uniqueName('group')}.parking`;
  // Hears of no rebalance for longer than this test may take.
  const deaf = { groupId: group, sessionTimeout: 120_000, heartbeatInterval: 100_000 };
  const other = kafka.consumer(deaf);
  await other.connect();
  await other.subscribe({ topics: [`${topic}.dlq`] });
  const joined = new Promise((resolve) => other.on(other.events.GROUP_JOIN, resolve));
  await other.run({ eachMessage: async () => {} });
  await joined;
  const admin = kafka.admin();
  await admin.connect();
  const members = async () => (await admin.describeGroups([group])).groups[0]?.members.length;
  const reader = read(group.replace('.parking', ''));
  while ((await members()) !== 2);
  await reader.stop();
  await Promise.all([other.disconnect(), admin.disconnect()]);
});

it('waits for its database, loses nothing, and lets one message that the database refuses pass', async () => {
  await createLot();
  let failures = 2;
  const unsure: typeof shelf.run = (statement) => {
    if (statement.values?.includes('cursed')) throw Object.assign(new Error('refused'), { code: '22P05' });
    if (failures-- > 0) throw Object.assign(new Error('down'), { code: 'ECONNREFUSED' });
    return shelf.run(statement);
  };
  const group = uniqueName('group');
  const reader = read(group, unsure);
  await park('a', '1');
  await park('a', '2', { 'semel-reason': 'cursed' });
  await park('a', '3');
  expect(await entered(2)).toEqual(['1', '3']);
  expect(complaints).toEqual([
    expect.stringContaining('trying again'),
    expect.stringContaining("can't be entered"),
  ]);
  await reader.stop();
  // Its successor goes on where it stopped.
  read(group);
  await park('a', '4');
  expect(await entered(3)).toEqual(['1', '3', '4']);
});
