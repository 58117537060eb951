import { Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  engineConnectionOptions,
  Idempotency,
  IdempotencyModule,
  idempotencyMigrations,
} from '@semel/idempotency';
import { createTestDatabase, type TestDatabase, testBrokers } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { Outbox, OutboxModule, OutboxRelay, outboxMigrations } from './index.js';
import { TestTopic } from './testing/topic.spec.js';

let database: TestDatabase;
let topic: TestTopic;
beforeAll(async () => {
  [database, topic] = await Promise.all([createTestDatabase(), TestTopic.create()]);
});
afterAll(async () => {
  await topic.close();
  await database.drop();
});

/** Stands for a consumer's last message: it appends while the application is shutting down. */
class LastOperation {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly outbox: Outbox,
    private readonly relay: OutboxRelay,
  ) {}
  connectedAtTheEnd: boolean | undefined;
  async beforeApplicationShutdown(): Promise<void> {
    await place(this.idempotency, this.outbox, 'last');
    this.connectedAtTheEnd = this.relay.health().connected;
  }
}

const lastOperation: Provider = {
  provide: LastOperation,
  inject: [Idempotency, Outbox, OutboxRelay],
  useFactory: (...parts: ConstructorParameters<typeof LastOperation>) => new LastOperation(...parts),
};

async function application(relay: { enabled?: boolean } = {}) {
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: database.url,
        migrations: [...outboxMigrations, ...idempotencyMigrations],
        migrationsRun: true,
        installExtensions: false,
        extra: engineConnectionOptions(),
      }),
      IdempotencyModule.forRoot(),
      OutboxModule.forRootAsync({
        inject: [DataSource],
        useFactory: (_: DataSource) => ({
          kafka: { brokers: testBrokers() },
          source: 'urn:semel:test',
          relay,
        }),
      }),
    ],
    providers: [lastOperation],
  })
  class Application {}
  return await NestFactory.createApplicationContext(Application, { logger: false });
}

async function place(idempotency: Idempotency, outbox: Outbox, key: string, fail = false) {
  return await idempotency.execute({ scope: 'test', key, fingerprint: key, input: key }, async () => {
    await outbox.append([{ topic: topic.name, key, type: 'test.v1', data: { key } }]);
    if (fail) throw new Error('the handler failed');
    return { status: 200 };
  });
}

it('publishes what operations append, once an operation', async () => {
  const app = await application();
  const [idempotency, outbox, relay] = [app.get(Idempotency), app.get(Outbox), app.get(OutboxRelay)];
  expect((await place(idempotency, outbox, 'a', true)).kind).toBe('failed');
  expect((await place(idempotency, outbox, 'a')).kind).toBe('executed');
  expect((await place(idempotency, outbox, 'a')).kind).toBe('replayed');
  await topic.untilKey('a');
  expect(relay.health()).toEqual({ connected: true });
  await app.close();
  expect(relay.health()).toMatchObject({ connected: false });
  expect(app.get(LastOperation).connectedAtTheEnd).toBe(true);
});

it('relays until operations have ended; what they appended at the very end goes out at the next start', async () => {
  const app = await application();
  await topic.untilKey('last');
  await app.close();
  expect(topic.seen.map(({ key }) => key)).toEqual(['a', 'last']);
});

it('only appends where another process relays', async () => {
  const app = await application({ enabled: false });
  await place(app.get(Idempotency), app.get(Outbox), 'appended');
  const stats = await app.get(OutboxRelay).stats();
  await app.close();
  expect(stats).toMatchObject({ pending: 1, setAside: 0 });
});

it('does not start with an option that cannot work', async () => {
  const options = { kafka: { brokers: [] }, source: 'urn:semel:test' };
  @Module({ imports: [OutboxModule.forRoot(options)] })
  class Application {}
  const starting = NestFactory.createApplicationContext(Application, { logger: false, abortOnError: false });
  await expect(starting).rejects.toThrow('Outbox option "kafka.brokers"');
});
