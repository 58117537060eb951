import { setTimeout as delay } from 'node:timers/promises';
import { deadLettersOf, PURCHASES, RESERVATIONS } from '@semel/contracts';
import { createTestDatabase, exclusiveTopics, type TestDatabase, testBrokers } from '@semel/platform/testing';
import { createLog, createService, loadConfig, type Service } from '@semel/service';
import kafkajs, { type Producer } from 'kafkajs';
import { DataSource } from 'typeorm';
import { environment } from '../config.js';
import { runMigrations } from '../migrations/run-migrations.js';
import { orderService } from '../order-service.js';
import { Identity } from './identity.spec.js';
import { kafkaAt, TopicReader } from './topic-reader.spec.js';

export interface Request {
  readonly method?: string;
  readonly as?: string;
  readonly role?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string or bytes are sent as they are. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body where it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: what a server answered is anything
  readonly json: any;
}

/** The Order service on a real socket, with a database of its own, and both topics to itself. */
export class RunningOrder {
  readonly lines: Record<string, unknown>[] = [];

  private constructor(
    readonly identity: Identity,
    readonly database: TestDatabase,
    private readonly release: () => Promise<void>,
  ) {}

  private running: { service: Service; url: string; producer: Producer; reader: TopicReader } | undefined;

  /** @param way how the service reaches its database, from the database's own URL */
  static async start(way: (url: string) => Promise<string> = async (url) => url): Promise<RunningOrder> {
    const release = await exclusiveTopics(
      ...[PURCHASES, RESERVATIONS].flatMap((topic) => [topic, deadLettersOf(topic)]),
    );
    const migrate = async (url: string) => void (await runMigrations(url, { seed: true }));
    const order = new RunningOrder(
      await Identity.create(),
      await createTestDatabase(migrate, 'order'),
      release,
    );
    const config = loadConfig(environment, {
      ...order.identity.environment,
      DATABASE_URL: await way(order.database.url),
      KAFKA_BROKERS: testBrokers().join(','),
    });
    const write = (line: string) => order.lines.push(JSON.parse(line));
    const log = createLog({ name: 'order', level: 'debug' }, { write });
    const service = await createService({ ...orderService(config), log });
    const url = await service.start(0, '127.0.0.1');
    const kafka = kafkaAt(testBrokers());
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    const reader = await TopicReader.open(kafka, PURCHASES, deadLettersOf(RESERVATIONS));
    order.running = { service, url, producer, reader };
    return order;
  }

  async stop(): Promise<void> {
    await Promise.all([this.parts.producer.disconnect(), this.reader.close()]);
    await this.service.stop();
    await this.identity.remove();
    await this.database.drop();
    await this.release();
  }

  get service(): Service {
    return this.parts.service;
  }

  get url(): string {
    return this.parts.url;
  }

  get reader(): TopicReader {
    return this.parts.reader;
  }

  /** As `alice` unless told otherwise; `as: ''` sends no token. */
  open(
    path: string,
    { method = 'GET', as = 'alice', role, key, headers, body, signal }: Request = {},
  ): Promise<Response> {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    return fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(as !== '' && { authorization: `Bearer ${this.identity.token(as, role)}` }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isRaw ? body : JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    });
  }

  async call(path: string, request: Request = {}): Promise<Reply> {
    const response = await this.open(path, request);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  }

  post(path: string, key: string | undefined, body?: unknown, more: Request = {}): Promise<Reply> {
    return this.call(path, { method: 'POST', body, ...(key !== undefined && { key }), ...more });
  }

  /** What Inventory would say. */
  async reserve(type: 'reserved' | 'rejected' | 'released', orderId: string, value: object): Promise<void> {
    const headers = { ce_type: `semel.stock.${type}.v1` };
    const messages = [{ key: orderId, value: JSON.stringify({ orderId, ...value }), headers }];
    await this.parts.producer.send({ topic: RESERVATIONS, acks: -1, messages });
  }

  async rows<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.service.app.get(DataSource).query<Row[]>(text, values);
  }

  /** Until so many reservation events of an order have been consumed. */
  async untilConsumed(orderId: string, count: number): Promise<void> {
    const consumed = `SELECT FROM idempotency_key WHERE scope LIKE 'consumer:order.reservations/%' AND key = $1`;
    while ((await this.rows(consumed, [orderId])).length < count) await delay(10);
  }

  /** The statuses that the order's event stream tells, up to the one that is waited for. */
  async followUntil(id: string, status: string, more: Request = {}): Promise<string[]> {
    const leave = new AbortController();
    const response = await this.open(`/orders/${id}/events`, { ...more, signal: leave.signal });
    const seen: string[] = [];
    for await (const data of eventData(response)) {
      seen.push(data.status);
      if (data.status === status) break;
    }
    leave.abort();
    return seen;
  }

  private get parts() {
    if (this.running === undefined) throw new Error('Order is not running.');
    return this.running;
  }
}

/** The data of the events of a stream, as they come. */
export async function* eventData(response: Response): AsyncGenerator<{ orderId: string; status: string }> {
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data !== undefined) yield JSON.parse(data);
    }
  }
}
