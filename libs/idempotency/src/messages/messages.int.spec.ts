import { Body, Controller, Module, Post, UseInterceptors } from '@nestjs/common';
import { Ctx, type CustomTransportStrategy, EventPattern, Payload, Server } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { isObservable, lastValueFrom, map } from 'rxjs';
import { DataSource, type Repository } from 'typeorm';
import {
  engineConnectionOptions,
  IdempotencyModule,
  Idempotent,
  type IncomingMessage,
  type MessageOperations,
  type MessageResults,
  ParkError,
  type Transaction,
  type Verdict,
} from '../index.js';
import { migrateShop, Note } from '../spec/shop.js';

/** Hands messages to Nest's handlers as a transport does, from this process. */
class Hand extends Server implements CustomTransportStrategy {
  listen(callback: () => void): void {
    callback();
  }
  close(): void {}
  on(): void {}
  unwrap<T>(): T {
    throw new Error('There is nothing to unwrap.');
  }

  async give(topic: string, messages: readonly IncomingMessage[], many = false): Promise<Verdict[]> {
    const handler = this.getHandlerByPattern(topic);
    if (!handler) throw new Error(`Nobody handles ${topic}.`);
    const answer: unknown = await handler(many ? messages : messages[0]?.value, { messages });
    const value = isObservable(answer) ? await lastValueFrom(answer) : answer;
    return (many ? value : [value]) as Verdict[];
  }
}

interface Told {
  readonly text: string;
}

@Controller()
class Consumer {
  constructor(@InjectRepository(Note) private readonly notes: Repository<Note>) {}

  @EventPattern<string>('one')
  @Idempotent({ consumer: 'spec.one' })
  async one(@Payload() told: Told): Promise<void> {
    await this.notes.save({ text: told.text });
    if (told.text === 'defect') throw new TypeError('a defect');
    if (told.text === 'unknown') throw new ParkError('unknown-order', 'Nobody placed it.');
    if (told.text === 'down') throw Object.assign(new Error('down'), { code: 'ECONNREFUSED' });
  }

  @EventPattern<string>('many')
  @Idempotent({ consumer: 'spec.many' })
  async many(
    operations: MessageOperations<IncomingMessage<Told>>,
    transaction: Transaction,
  ): Promise<MessageResults> {
    const texts = operations.map(({ input }) => input.value.text);
    if (texts.includes('poison')) throw new TypeError('poison');
    if (texts.includes('down')) throw Object.assign(new Error('down'), { code: '55P03' });
    const good = texts.filter((text) => text !== 'unknown');
    await transaction.query({ text: 'INSERT INTO note (text) SELECT unnest($1::text[])', values: [good] });
    return texts.map((text) =>
      text === 'unknown' ? new ParkError('unknown-order', 'Nobody placed it.') : { status: 200 },
    );
  }

  @EventPattern<string>('list')
  @Idempotent({ consumer: 'spec.list' })
  async list(@Payload() texts: readonly string[], @Ctx() _context: unknown): Promise<void> {
    await this.notes.save(texts.map((text) => ({ text })));
  }

  @Post()
  @Idempotent()
  @UseInterceptors({ intercept: (_, next) => next.handle().pipe(map((value) => ({ shaped: value }))) })
  async write(@Body() told: Told): Promise<number> {
    return (await this.notes.save({ text: told.text })).id;
  }
}

let database: TestDatabase;
let app: NestFastifyApplication;
const hand = new Hand();
let source: DataSource;

beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: database.url,
        entities: [Note],
        installExtensions: false,
        extra: engineConnectionOptions(),
      }),
      TypeOrmModule.forFeature([Note]),
      IdempotencyModule.forRoot(),
    ],
    controllers: [Consumer],
  })
  class SpecModule {}
  const module = await Test.createTestingModule({ imports: [SpecModule] }).compile();
  app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
    rawBody: true,
    logger: false,
  });
  // Without inheritAppConfig: what @Idempotent() needs, it brings itself.
  app.connectMicroservice({ strategy: hand });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  source = app.get(DataSource);
});
beforeEach(() => source.query('TRUNCATE note, idempotency_key RESTART IDENTITY'));
afterAll(async () => {
  await app.close();
  await database.drop();
});

function message(key: string, text: string, type = 'told.v1'): IncomingMessage {
  const raw = Buffer.from(JSON.stringify({ text }));
  return { key, type, value: { text }, raw };
}

const notes = async (): Promise<string[]> =>
  (await source.query('SELECT text FROM note ORDER BY id')).map(({ text }: { text: string }) => text);
const kinds = (verdicts: readonly Verdict[]): string[] => verdicts.map(({ kind }) => kind);

it('processes a message once, acknowledges its duplicates, and keeps its key under the name of the consumer', async () => {
  for (const _ of [1, 2, 3]) expect(await hand.give('one', [message('a', 'x')])).toEqual([{ kind: 'done' }]);
  expect(await notes()).toEqual(['x']);
  expect(await source.query('SELECT scope, key, status FROM idempotency_key')).toEqual([
    { scope: 'consumer:spec.one/told.v1', key: 'a', status: 'Processed' },
  ]);
});

it('takes another type of the same key for another message', async () => {
  await hand.give('one', [message('a', 'x')]);
  await hand.give('one', [message('a', 'y', 'untold.v1')]);
  expect(await notes()).toEqual(['x', 'y']);
});

it('has another payload under the same type and key parked', async () => {
  await hand.give('one', [message('a', 'x')]);
  expect(await hand.give('one', [message('a', 'y')])).toMatchObject([
    { kind: 'park', reason: 'idempotency-key-reused' },
  ]);
});

it.each([
  ['a defect', 'defect', { kind: 'park', reason: 'failed' }],
  ['an error that says so', 'unknown', { kind: 'park', reason: 'unknown-order' }],
  ['a dependency that is down', 'down', { kind: 'retry' }],
])('leaves nothing of a message that fails by %s', async (_, text, verdict) => {
  expect(await hand.give('one', [message('a', text)])).toMatchObject([verdict]);
  expect(await notes()).toEqual([]);
  expect(await source.query('SELECT FROM idempotency_key')).toEqual([]);
});

it('processes many in one transaction, duplicates inside included, and parks the culprit alone', async () => {
  const batch = ['p', 'q', 'q', 'poison', 'r', 'unknown', 's'].map((text) => message(text, text));
  const verdicts = await hand.give('many', batch, true);
  expect(kinds(verdicts)).toEqual(['done', 'done', 'done', 'park', 'done', 'park', 'done']);
  expect(await notes()).toEqual(['p', 'q', 'r', 's']);
  expect(kinds(await hand.give('many', batch, true))).toEqual(kinds(verdicts));
  expect(await notes()).toEqual(['p', 'q', 'r', 's']);
});

it('lets no message overtake an earlier one of its key that has to be retried', async () => {
  const batch = [message('a', 'down'), message('b', 'x'), message('a', 'y', 'later.v1')];
  expect(kinds(await hand.give('many', batch, true))).toEqual(['retry', 'done', 'retry']);
  expect(await notes()).toEqual(['x']);
});

it('makes messages wait whose key is in flight in another process', async () => {
  const elsewhere = source.createQueryRunner();
  await elsewhere.startTransaction();
  const { lockNamesOf } = await import('../identity.js');
  const { messageOperation } = await import('./message.js');
  const { lock } = lockNamesOf(messageOperation('spec.many', message('a', 'x', 'placed.v1'), 1));
  await elsewhere.query('SELECT pg_advisory_xact_lock($1)', [lock]);
  const batch = [message('a', 'cancel', 'cancelled.v1'), message('b', 'x')];
  expect(kinds(await hand.give('many', batch, true))).toEqual(['retry', 'done']);
  await elsewhere.rollbackTransaction();
  await elsewhere.release();
  expect(kinds(await hand.give('many', batch, true))).toEqual(['done', 'done']);
  expect(await notes()).toEqual(['x', 'cancel']);
});

it('takes a value that is a list for one message', async () => {
  const list = { ...message('a', 'x'), value: ['p', 'q'] };
  expect(kinds(await hand.give('list', [list]))).toEqual(['done']);
  expect(await notes()).toEqual(['p', 'q']);
});

it('records what the inner interceptors made of the value', async () => {
  const send = async () =>
    (
      await fetch(await app.getUrl(), {
        method: 'POST',
        headers: { 'idempotency-key': 'k', 'content-type': 'application/json' },
        body: '{"text":"x"}',
      })
    ).text();
  expect([await send(), await send()]).toEqual(['{"shaped":1}', '{"shaped":1}']);
});
