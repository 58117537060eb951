import { once } from 'node:events';
import { access, chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import kafkajs from 'kafkajs';
import { freePort } from '../free-port.js';
import { ensureKafkaDistribution, kafkaVersion } from './distribution.js';
import { findJava } from './java.js';
import { type KafkaOptions, type KafkaServer, startKafka } from './kafka-server.js';

const cache = resolve(import.meta.dirname, '..', '..', '..', '..', '.semel', 'downloads');
let folder: string;
let running: KafkaServer | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semel-kafka-'));
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  await rm(folder, { recursive: true, force: true });
});

const start = async (listeners: KafkaOptions['listeners'] = []) => {
  running = await startKafka({
    listeners,
    logDirectory: join(folder, 'kafka', 'data'),
    logFile: join(folder, 'log'),
    cache,
    heapMegabytes: 256,
  });
  return running;
};

const withAdmin = async <T>(brokers: string, work: (admin: kafkajs.Admin) => Promise<T>): Promise<T> => {
  const admin = new kafkajs.Kafka({ brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
};

it('keeps its topics through a kill -9, on other ports than before', async () => {
  const first = await start();
  await withAdmin(first.brokers, (admin) =>
    admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 2 }] }),
  );
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  const second = await start();
  expect(await withAdmin(second.brokers, (admin) => admin.listTopics())).toContain('kept');
}, 60_000);

it('sends whoever comes in by a door of its own to the port that the door advertises', async () => {
  const port = await freePort();
  let visitors = 0;
  const proxy = createServer((near) => {
    visitors += 1;
    near.pipe(connect(port, '127.0.0.1')).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port: advertisedPort } = proxy.address() as AddressInfo;
  await start([{ name: 'PROXIED', port, advertisedPort }]);
  const { brokers } = await withAdmin(`127.0.0.1:${port}`, (admin) => admin.describeCluster());
  expect(brokers.map((broker) => broker.port)).toEqual([advertisedPort]);
  expect(visitors).toBeGreaterThan(0);
  proxy.close();
}, 60_000);

it('fetches again what an interrupted download or format has left behind', async () => {
  // The parts of a download by a process that is gone, and a folder of jars that lacks the broker itself.
  const own = join(folder, 'cache');
  const half = join(own, `kafka-${kafkaVersion}`);
  await mkdir(half, { recursive: true });
  await writeFile(join(half, 'slf4j-api.jar'), '');
  await mkdir(join(own, `kafka-${kafkaVersion}.fetching-999999999-x`));
  const jars = await ensureKafkaDistribution(own);
  expect(await readdir(own)).toEqual([`kafka-${kafkaVersion}`]);
  await access(join(jars, `kafka_2.13-${kafkaVersion}.jar`));
}, 120_000);

it('says in a sentence what is missing where there is no Java, an old one, or no Maven', async () => {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const program = async (name: string, text: string) => {
    await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(bin, name), 0o755);
  };
  const env = { PATH: bin };
  await expect(findJava(env)).rejects.toThrow(
    'Apache Kafka needs Java 17 or later, and there is none on the PATH.',
  );
  await program('java', `echo 'openjdk version "11.0.2"' >&2`);
  await expect(findJava(env)).rejects.toThrow('and the one on the PATH is 11.0.2.');
  await program('java', `echo 'openjdk version "21.0.1"' >&2`);
  await expect(findJava(env)).resolves.toBe('java');
  const path = process.env.PATH;
  process.env.PATH = bin;
  try {
    await expect(ensureKafkaDistribution(join(folder, 'cache'))).rejects.toMatchObject({
      code: 'maven-missing',
    });
  } finally {
    process.env.PATH = path;
  }
});
