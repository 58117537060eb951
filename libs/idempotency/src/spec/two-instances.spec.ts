import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { deferred } from '../engine/deferred.js';
import { type AdapterName, Gate, migrateShop, type RunningApp, startShop } from './shop.js';

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly key?: string;
  readonly body?: string;
  readonly caller?: string;
  readonly prefer?: string;
  /** The instance to ask; the first one by default. */
  readonly at?: string;
}

/** Two instances of the small application over one database, on real sockets. */
export class TwoInstances {
  private running: readonly [RunningApp, RunningApp] | undefined;

  async start(adapter: AdapterName, databaseUrl: string): Promise<void> {
    this.running = [await startShop(adapter, databaseUrl), await startShop(adapter, databaseUrl)];
  }

  async close(): Promise<void> {
    await Promise.all(this.both.map(({ app }) => app.close()));
  }

  get app() {
    return this.both[0].app;
  }

  get url(): string {
    return this.both[0].url;
  }

  get otherUrl(): string {
    return this.both[1].url;
  }

  get gate(): Gate {
    return this.app.get(Gate);
  }

  rows(sql: string): Promise<Record<string, string>[]> {
    return this.app.get(DataSource).query(sql);
  }

  async notes(): Promise<(string | undefined)[]> {
    return (await this.rows('SELECT text FROM note ORDER BY id')).map(({ text }) => text);
  }

  /** Holds the first instance's next handler still. */
  hold(): { readonly entered: Promise<string>; release(): void } {
    const [entered, go] = [deferred<string>(), deferred<void>()];
    this.gate.entered = entered.resolve;
    this.gate.hold = go.promise;
    return { entered: entered.promise, release: () => go.resolve() };
  }

  letGo(): void {
    this.gate.hold = Promise.resolve();
    this.gate.error = undefined;
    this.gate.entered = () => undefined;
  }

  async send({ method = 'POST', path = '/notes', key, body, caller = 'alice', prefer, at = this.url }: Sent) {
    const response = await fetch(at + path, {
      method,
      headers: {
        'x-caller': caller,
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(prefer !== undefined && { prefer }),
      },
      ...(body !== undefined && { body }),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: Buffer.from(await response.arrayBuffer()),
    };
  }

  private get both(): readonly [RunningApp, RunningApp] {
    if (!this.running) throw new Error('The instances were not started.');
    return this.running;
  }
}

/** The same policies over Fastify and over Express. */
export function overBothAdapters(define: (shop: TwoInstances) => void): void {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(migrateShop, 'idempotency-shop');
  });
  afterAll(() => database.drop());

  describe.each<AdapterName>(['fastify', 'express'])('over %s', (adapter) => {
    const shop = new TwoInstances();
    beforeAll(() => shop.start(adapter, database.url));
    afterAll(() => shop.close());
    beforeEach(() => shop.rows('TRUNCATE idempotency_key, note RESTART IDENTITY'));
    afterEach(() => shop.letGo());
    define(shop);
  });
}
