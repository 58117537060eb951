import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { PURCHASE_PLACED, seedCatalogue } from '@semel/contracts';
import type { ServiceProcess } from '@semel/platform';
import kafkajs, { type Producer } from 'kafkajs';
import type { Sample } from '../report/report.js';
import { cpuOf } from '../stage/cpu.js';
import type { Database, Stage } from '../stage/stage.js';

const partitions = 12;
const perRequest = 500;

/** Kafka as a program of the bench itself uses it. */
export class Broker {
  private constructor(
    private readonly kafka: kafkajs.Kafka,
    private readonly producer: Producer,
  ) {}

  static async connect(brokers: string): Promise<Broker> {
    const kafka = new kafkajs.Kafka({
      brokers: brokers.split(','),
      clientId: 'bench',
      logLevel: kafkajs.logLevel.NOTHING,
    });
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    return new Broker(kafka, producer);
  }

  async createTopic(topic: string): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
    await admin.disconnect();
  }

  /** Messages that lie in a topic. */
  async count(topic: string): Promise<number> {
    const admin = this.kafka.admin();
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets(topic);
    await admin.disconnect();
    return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  }

  /** Purchases of three pieces each, each of another order: on two lines of different products, or all of one product. */
  async purchase(topic: string, count: number, hot?: string): Promise<void> {
    const skus = seedCatalogue.map(({ sku }) => sku);
    for (let sent = 0; sent < count; sent += perRequest) {
      const messages = Array.from({ length: Math.min(perRequest, count - sent) }, (_, index) => {
        const orderId = randomUUID();
        const [one, two] = [skus[index % skus.length], skus[(index + 1) % skus.length]];
        const spread = [
          { sku: one, quantity: 1 },
          { sku: two, quantity: 2 },
        ];
        const lines = hot === undefined ? spread : [{ sku: hot, quantity: 3 }];
        return {
          key: orderId,
          value: JSON.stringify({ orderId, customerId: 'bench', lines, placedAt: new Date().toISOString() }),
          headers: { ce_type: PURCHASE_PLACED, ce_id: randomUUID(), ce_specversion: '1.0' },
        };
      });
      await this.producer.send({ topic, acks: -1, messages });
    }
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }
}

/**
 * How fast programs that are up and warm work off what has piled up: they are held still (SIGSTOP) while that is put in its
 * way, so that they never wait for whoever produces.
 *
 * @param pile puts the work there
 * @param done how much of it is done so far
 */
export async function workOff(
  stage: Stage,
  programs: readonly ServiceProcess[],
  count: number,
  pile: () => Promise<void>,
  done: () => Promise<number>,
): Promise<Sample> {
  const target = (await done()) + count;
  for (const program of programs) program.hold();
  try {
    await pile();
  } finally {
    for (const program of programs) program.letGo();
  }
  const used = () => [cpuOfAll(programs), stage.postgresCpu, stage.kafkaCpu];
  const before = used();
  const start = performance.now();
  while ((await done()) < target) await pause(20);
  const seconds = (performance.now() - start) / 1_000;
  const [serviceCpu, postgresCpu, kafkaCpu] = used().map((after, index) => {
    const from = before[index];
    return after === undefined || from === undefined ? undefined : (after - from) / count;
  });
  return {
    perSecond: count / seconds,
    p50: 0,
    p99: 0,
    ...(serviceCpu !== undefined && { serviceCpu }),
    ...(postgresCpu !== undefined && { postgresCpu }),
    ...(kafkaCpu !== undefined && { kafkaCpu }),
  };
}

/**
 * How many purchases of a Broker have been reserved: each takes three pieces. Asked fifty times a second, so it reads the few rows
 * of the stock: counting the reservations took PostgreSQL longer with each window, up to a third of what it had been measured at.
 */
export async function purchasesDone({ pool }: Database): Promise<number> {
  const { rows } = await pool.query('SELECT sum(reserved)::int / 3 AS count FROM stock');
  return rows[0].count;
}

function cpuOfAll(programs: readonly ServiceProcess[]): number | undefined {
  return programs.reduce<number | undefined>((sum, { pid }) => {
    const cpu = cpuOf(pid);
    return sum === undefined || cpu === undefined ? undefined : sum + cpu;
  }, 0);
}
