import 'reflect-metadata';
import { Body, ConflictException, Controller, Injectable, Module, Post, Req } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource, type Repository } from 'typeorm';
import { deferred } from '../engine/deferred.js';
import {
  CurrentOperation,
  engineConnectionOptions,
  Idempotency,
  IdempotencyKeysController,
  IdempotencyModule,
  Idempotent,
  type LeasedOperation,
  requireLeasedOperation,
} from '../index.js';
import { migrateShop, Note } from '../spec/shop.js';

interface Pay {
  readonly text: string;
}

/** The outside world, and where a spec holds it still. */
@Injectable()
class Outside {
  readonly keys: string[] = [];
  entered: () => void = () => undefined;
  hold: Promise<void> = Promise.resolve();
  error: Error | undefined;

  async call(): Promise<number> {
    const { key } = await requireLeasedOperation().step('derived', async (call) => ({ key: call.key }));
    this.keys.push(key);
    this.entered();
    await this.hold;
    if (this.error) throw this.error;
    return this.keys.length;
  }
}

@Controller('payments')
class PaymentsController {
  constructor(
    private readonly outside: Outside,
    @InjectRepository(Note) private readonly notes: Repository<Note>,
  ) {}

  @Post()
  @Idempotent({ leased: { lease: 2 } })
  async pay(@Body() { text }: Pay, @CurrentOperation() operation: LeasedOperation): Promise<unknown> {
    const calls = await operation.step('call', () => this.outside.call());
    await operation.write('ledger', () => this.notes.save({ text: `${text}: ledger` }));
    const note = await operation.finish(() => this.notes.save({ text }));
    if (text === 'refused') throw new ConflictException('refused');
    return { calls, note };
  }

  @Post('plain')
  @Idempotent()
  plain(@CurrentOperation() operation: LeasedOperation): unknown {
    return { never: String(operation.fence) };
  }
}

async function start(controller: 'fastify' | 'express', url: string) {
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url,
        entities: [Note],
        installExtensions: false,
        extra: { ...engineConnectionOptions(), max: 5 },
      }),
      TypeOrmModule.forFeature([Note]),
      IdempotencyModule.forRoot({
        scope: ({ headers }) => headers['x-caller']?.toString(),
        encryption: { keys: ['a secret that is long enough for a key'] },
        required: false,
      }),
    ],
    controllers: [PaymentsController, IdempotencyKeysController],
    providers: [Outside],
  })
  class PaymentModule {}
  const builder = await Test.createTestingModule({ imports: [PaymentModule] }).compile();
  const http = controller === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = builder.createNestApplication(http, { rawBody: true, logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl(), outside: app.get(Outside) };
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
});
afterAll(() => database.drop());

describe.each(['fastify', 'express'] as const)('a leased route over %s', (adapter) => {
  let here: Awaited<ReturnType<typeof start>>;
  let there: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    [here, there] = [await start(adapter, database.url), await start(adapter, database.url)];
  });
  afterAll(() => Promise.all([here.app.close(), there.app.close()]));
  beforeEach(async () => {
    await rows('TRUNCATE idempotency_key, idempotency_step, note');
    for (const { outside } of [here, there]) {
      Object.assign(outside, { entered: () => undefined, hold: Promise.resolve(), error: undefined });
      outside.keys.length = 0;
    }
  });

  const rows = (sql: string) => here.app.get(DataSource).query(sql);
  const notes = async () => (await rows('SELECT text FROM note ORDER BY text')).map(({ text }: Pay) => text);

  async function send(at: string, text: string, more: { prefer?: string; path?: string; key?: string } = {}) {
    const { prefer, path = '/payments', key = 'k' } = more;
    const response = await fetch(at + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-caller': 'alice',
        ...(key && { 'idempotency-key': key }),
        ...(prefer && { prefer }),
      },
      body: JSON.stringify({ text }),
    });
    return { status: response.status, headers: response.headers, body: await response.text() };
  }

  async function status(at: string) {
    const response = await fetch(`${at}/idempotency-keys/k`, { headers: { 'x-caller': 'alice' } });
    return response.json();
  }

  it('is in flight for everybody, mismatched for another request, told by a look-up, waited for, replayed', async () => {
    const [entered, go] = [deferred<void>(), deferred<void>()];
    Object.assign(here.outside, { entered: () => entered.resolve(), hold: go.promise });
    const first = send(here.url, 'paid');
    await entered.promise;
    for (const { url } of [here, there]) {
      const again = await send(url, 'paid');
      expect([again.status, again.headers.get('idempotency-status')]).toEqual([409, 'Received']);
      expect((await send(url, 'other')).status).toBe(422);
      expect(await status(url)).toMatchObject({
        status: 'Received',
        method: 'POST',
        path: '/payments',
        createdAt: expect.any(String),
        processedAt: null,
        response: null,
      });
    }
    const waiting = [here, there].map(({ url }) => send(url, 'paid', { prefer: 'wait=10' }));
    go.resolve();
    const { status: code, body } = await first;
    expect(code).toBe(201);
    for (const waited of await Promise.all(waiting)) {
      expect([waited.status, waited.body, waited.headers.get('idempotency-replayed')]).toEqual([
        201,
        body,
        'true',
      ]);
    }
    expect(await status(there.url)).toMatchObject({ status: 'Processed', response: { status: 201 } });
    expect([await notes(), here.outside.keys.length, there.outside.keys.length]).toEqual([
      ['paid', 'paid: ledger'],
      1,
      0,
    ]);
  });

  it('is continued by the retry after an unexpected failure, also by a waiter elsewhere, under the same derived key', async () => {
    const [entered, go] = [deferred<void>(), deferred<void>()];
    Object.assign(here.outside, {
      entered: () => entered.resolve(),
      hold: go.promise,
      error: new TypeError('lost'),
    });
    const first = send(here.url, 'paid');
    await entered.promise;
    const waiting = send(there.url, 'paid', { prefer: 'wait=10' });
    const steps = await rows(
      "SELECT name, result_seal IS NOT NULL AS sealed, position('key' in encode(result, 'escape')) AS open FROM idempotency_step",
    );
    expect(steps).toEqual([{ name: 'derived', sealed: true, open: 0 }]);
    go.resolve();
    expect((await first).status).toBe(500);
    expect((await waiting).status).toBe(201);
    expect(there.outside.keys).toEqual(here.outside.keys);
    expect(await notes()).toEqual(['paid', 'paid: ledger']);
  });

  it('stores a 4xx of the handler as its answer, without the last writes', async () => {
    const first = await send(here.url, 'refused');
    const again = await send(there.url, 'refused');
    expect([first.status, again.status, again.body, again.headers.get('idempotency-replayed')]).toEqual([
      409,
      409,
      first.body,
      'true',
    ]);
    expect(await notes()).toEqual(['refused: ledger']);
  });

  it('needs a key even where others do not; without a lease there is no operation', async () => {
    expect((await send(here.url, 'paid', { key: '' })).status).toBe(400);
    expect((await send(here.url, 'paid', { path: '/payments/plain' })).status).toBe(500);
  });

  it('says of a failure that may pass that the retry continues, not that nothing was done', async () => {
    here.outside.error = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    const { status: code, headers, body } = await send(here.url, 'paid');
    expect([code, headers.get('retry-after'), JSON.parse(body)]).toEqual([
      503,
      '1',
      expect.objectContaining({ detail: expect.stringContaining('it continues where it stopped') }),
    ]);
  });

  it('is erased with its caller, steps and all, once nobody works on it', async () => {
    const [entered, go] = [deferred<void>(), deferred<void>()];
    Object.assign(here.outside, {
      entered: () => entered.resolve(),
      hold: go.promise,
      error: new TypeError('lost'),
    });
    const first = send(here.url, 'paid');
    await entered.promise;
    const idempotency = there.app.get(Idempotency);
    const erasing = idempotency.erase('caller:alice');
    expect(await rows('SELECT FROM idempotency_key')).toHaveLength(1);
    go.resolve();
    await first;
    expect(await erasing).toBe(1);
    expect(await rows('SELECT FROM idempotency_step')).toEqual([]);
  });
});

describe('refused where it is decorated', () => {
  it.each<[string, Parameters<typeof Idempotent>[0]]>([
    ['a lease shorter than a second', { leased: { lease: 0.5 } }],
    ['a heartbeat that may come only once in a lease', { leased: { lease: 10, heartbeat: 6 } }],
    ['a deadline before the lease is over', { leased: { lease: 10, deadline: 5 } }],
    ['a lease without a key', { leased: true, required: false }],
    ['a lease of a message handler', { leased: true, consumer: 'inventory' }],
  ])('%s', (_, options) => {
    expect(() => Idempotent(options)).toThrow(expect.objectContaining({ code: 'idempotency-options' }));
  });
});

it('refuses a leased message handler at start-up', async () => {
  @Controller()
  @Idempotent({ leased: true })
  class Messages {
    @EventPattern('purchases')
    take(@Req() _: unknown): void {}
  }
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: database.url,
        installExtensions: false,
        extra: engineConnectionOptions(),
      }),
      IdempotencyModule.forRoot(),
    ],
    controllers: [Messages],
  })
  class MessageModule {}
  const app = (await Test.createTestingModule({ imports: [MessageModule] }).compile()).createNestApplication(
    new FastifyAdapter(),
    { logger: false, abortOnError: false },
  );
  await expect(app.init()).rejects.toThrow(/leased/);
  await app.close().catch(() => undefined);
});
