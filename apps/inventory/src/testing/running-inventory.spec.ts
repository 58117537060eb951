import { setTimeout as pause } from 'node:timers/promises';
import { PURCHASES, RESERVATIONS } from '@semel/contracts';
import { KafkaTransport, parkingLotOf } from '@semel/kafka';
import { testBrokers, uniqueName } from '@semel/platform/testing';
import { createLog, createService, loadConfig, type Service } from '@semel/service';
import kafkajs, { type Message, type Producer } from 'kafkajs';
import { DataSource } from 'typeorm';
import { type Config, environment } from '../config.js';
import { consumerOptions, inventoryService } from '../inventory-service.js';
import type { IncomingPurchase } from '../reserve-purchases/reserve-purchases.js';
import { IdentityProvider } from './identity-provider.spec.js';
import { InventoryDatabase } from './inventory-database.spec.js';
import { TopicReader } from './topic-reader.spec.js';

/**
 * Consumes a topic of the spec's own in the place of `purchases`: all specs of a run share one Kafka, and Inventory would
 * answer the purchases of other specs.
 */
class OwnTopic extends KafkaTransport {
  constructor(
    config: Config,
    private readonly topic: string,
    database: DataSource,
  ) {
    super({
      ...consumerOptions(config, database),
      groupId: topic,
      topics: [{ topic, partitions: 12 }],
      maxWaitMs: 50,
    });
  }

  override addHandler(pattern: unknown, ...rest: AfterPattern): void {
    super.addHandler(pattern === PURCHASES ? this.topic : pattern, ...rest);
  }
}
type AfterPattern = Parameters<KafkaTransport['addHandler']> extends [unknown, ...infer Rest] ? Rest : never;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // What a test expects of it is its own business.
  readonly json: unknown;
}

export interface Ask {
  readonly as?: string;
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The Inventory service on a real socket, with a database and a topic of its own. */
export class RunningInventory {
  private readonly tokens = new Map<string, string>();

  private constructor(
    readonly topic: string,
    readonly url: string,
    readonly database: InventoryDatabase,
    readonly service: Service,
    private readonly identity: IdentityProvider,
    private readonly producer: Producer,
    /** What the service publishes. */
    readonly answers: TopicReader,
    /** What it puts aside. */
    readonly parked: TopicReader,
  ) {}

  /** @param variables of its environment that differ from the defaults */
  static async start(variables: Readonly<Record<string, string>> = {}): Promise<RunningInventory> {
    const database = await InventoryDatabase.create();
    const identity = await IdentityProvider.open();
    const topic = uniqueName('purchases');
    const config = loadConfig(environment, {
      ...identity.variables,
      DATABASE_URL: database.database.url,
      KAFKA_BROKERS: testBrokers().join(','),
      ...variables,
    });
    const service = await createService({
      ...inventoryService(config),
      log: createLog({ name: 'inventory', level: 'fatal' }),
      transport: (app) => new OwnTopic(config, topic, app.get(DataSource)),
    });
    const url = await service.start(0, '127.0.0.1');
    // A service that can't have its brokers in time goes on without them; its topics are there once it is ready.
    while ((await fetch(`${url}/health/ready`)).status !== 200) await pause(50);
    const kafka = new kafkajs.Kafka({ brokers: testBrokers(), logLevel: kafkajs.logLevel.NOTHING });
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    const [answers, parked] = await Promise.all([RESERVATIONS, parkingLotOf(topic)].map(TopicReader.open));
    return new RunningInventory(topic, url, database, service, identity, producer, answers!, parked!);
  }

  /** Whatever a spec did, every unit has to be accounted for at its end. */
  async stop(): Promise<void> {
    const unexplained = await this.database.unexplained();
    await this.service.stop();
    await Promise.all([this.answers.close(), this.parked.close(), this.producer.disconnect()]);
    await this.identity.close();
    await this.database.drop();
    expect(unexplained).toEqual([]);
  }

  /** `olga` is an operator; everybody else is a customer; '' sends no token. */
  async ask(
    method: string,
    path: string,
    { as = 'olga', key, body, headers = {} }: Ask = {},
  ): Promise<Answer> {
    const bearer = as === '' ? {} : { authorization: `Bearer ${await this.tokenOf(as)}` };
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...bearer,
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  }

  async tokenOf(sub: string): Promise<string> {
    const known = this.tokens.get(sub);
    if (known !== undefined) return known;
    const token = await this.identity.token(sub, sub === 'olga' ? ['operator'] : []);
    this.tokens.set(sub, token);
    return token;
  }

  /** Purchase events as Order publishes them, in one request of the producer. */
  async send(...purchases: (IncomingPurchase & { readonly partition?: number })[]): Promise<void> {
    await this.sendRaw(
      ...purchases.map(({ key, type, value, traceparent, partition }) => ({
        key,
        value: JSON.stringify(value),
        headers: { ce_type: type, ...(traceparent !== undefined && { traceparent }) },
        ...(partition !== undefined && { partition }),
      })),
    );
  }

  async sendRaw(...messages: Message[]): Promise<void> {
    await this.producer.send({ topic: this.topic, acks: -1, messages });
  }
}
