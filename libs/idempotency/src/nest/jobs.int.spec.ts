import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource, type Repository } from 'typeorm';
import { deferred } from '../engine/deferred.js';
import { engineConnectionOptions, fingerprintOf, Idempotency, IdempotencyModule, Refusal } from '../index.js';
import { migrateShop, Note } from '../spec/shop.js';

@Injectable()
class Invoices {
  constructor(
    private readonly idempotency: Idempotency,
    @InjectRepository(Note) private readonly notes: Repository<Note>,
  ) {}

  /** Makes the invoices of a month, as a job that is started by a timer in every process does. */
  make(month: string, check: () => unknown = () => undefined) {
    return this.idempotency.execute(
      { scope: 'job:invoices', key: month, fingerprint: fingerprintOf([month]), input: month },
      async ({ input }) => {
        await this.notes.save({ text: input });
        await check();
        return { status: 200, body: Buffer.from(`invoices of ${input}`) };
      },
    );
  }
}

let database: TestDatabase;
const contexts: Awaited<ReturnType<typeof NestFactory.createApplicationContext>>[] = [];

/** A process without HTTP: a job or a command. */
async function start(): Promise<Invoices> {
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
    providers: [Invoices],
  })
  class JobModule {}
  const context = await NestFactory.createApplicationContext(JobModule, {
    logger: false,
    abortOnError: false,
  });
  contexts.push(context);
  return context.get(Invoices);
}

let here: Invoices;
let there: Invoices;
let source: DataSource;

beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
  [here, there] = [await start(), await start()];
  source = contexts[0]!.get(DataSource);
});
afterAll(async () => {
  await Promise.all(contexts.map((each) => each.close()));
  await database.drop();
});
beforeEach(() => source.query('TRUNCATE idempotency_key, note RESTART IDENTITY'));

const notes = async (): Promise<string[]> =>
  (await source.query('SELECT text FROM note ORDER BY id')).map(({ text }: { text: string }) => text);

it('runs a job once for its key, whichever process starts it, and answers the same', async () => {
  const first = await here.make('2026-11');
  expect(first).toMatchObject({ kind: 'executed', answer: { body: Buffer.from('invoices of 2026-11') } });
  expect(await there.make('2026-11')).toEqual({ ...first, kind: 'replayed' });
  expect((await there.make('2026-12')).kind).toBe('executed');
  expect(await notes()).toEqual(['2026-11', '2026-12']);
});

it('says in flight while another process does it, and leaves nothing of what failed', async () => {
  const [entered, go] = [deferred<void>(), deferred<void>()];
  const running = here.make('2026-11', () => {
    entered.resolve();
    return go.promise;
  });
  await entered.promise;
  expect((await there.make('2026-11')).kind).toBe('in-flight');
  go.reject(new TypeError('a defect'));
  expect(await running).toMatchObject({ kind: 'failed', error: { message: 'a defect' } });
  expect(await notes()).toEqual([]);
  expect((await there.make('2026-11')).kind).toBe('executed');
});

it('keeps a refusal without the writes that came before it', async () => {
  const refuse = () => Promise.reject(new Refusal({ status: 409, body: Buffer.from('closed') }));
  expect(await here.make('2026-11', refuse)).toMatchObject({ kind: 'executed', answer: { status: 409 } });
  expect(await there.make('2026-11')).toMatchObject({ kind: 'replayed', answer: { status: 409 } });
  expect(await notes()).toEqual([]);
});

it('erases a caller’s keys and those of a scope of one’s own', async () => {
  const idempotency = contexts[0]!.get(Idempotency);
  await here.make('2026-11');
  await idempotency.execute(
    { scope: 'caller:alice', key: 'k', fingerprint: fingerprintOf(['k']), input: undefined },
    async () => ({ status: 200 }),
  );
  expect(await idempotency.eraseCaller('alice')).toBe(1);
  expect(await idempotency.erase('job:invoices')).toBe(1);
  expect(await source.query('SELECT FROM idempotency_key')).toEqual([]);
});
