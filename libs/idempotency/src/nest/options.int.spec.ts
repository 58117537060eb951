import {
  Body,
  ConflictException,
  Controller,
  Delete,
  Get,
  Module,
  Param,
  Post,
  type Type,
} from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { engineConnectionOptions, IdempotencyModule, type IdempotencyOptions, Idempotent } from '../index.js';
import { migrateShop } from '../spec/shop.js';

let runs = 0;

interface Payment {
  readonly payment: { readonly reference?: unknown };
  readonly at?: number;
}

@Controller('keys')
class KeysController {
  @Post('body')
  @Idempotent({ key: { body: 'payment.reference' } })
  body(@Body() _payment: Payment): number {
    return ++runs;
  }

  @Post('header')
  @Idempotent({ key: { header: 'X-Request-Key' } })
  header(): number {
    return ++runs;
  }

  @Post('argument/:reference')
  @Idempotent({ key: { argument: 0 } })
  argument(@Param('reference') _reference: string): number {
    return ++runs;
  }

  @Post('function')
  @Idempotent({ key: async ({ headers }) => headers['x-request-id']?.toString() })
  derived(): number {
    return ++runs;
  }

  @Post('fingerprint')
  @Idempotent({ fingerprint: ({ body }) => ({ ...(body as Payment), at: undefined }) })
  fingerprint(@Body() _payment: Payment): number {
    return ++runs;
  }

  @Post('recorded')
  @Idempotent({ recordError: (status) => status === 409 || status === 500 })
  recorded(): never {
    runs += 1;
    throw new ConflictException('no');
  }

  @Post('unrecorded')
  @Idempotent({ recordError: () => false })
  unrecorded(): never {
    runs += 1;
    throw new ConflictException('no');
  }

  @Post('limited')
  @Idempotent({ maxAnswerBytes: 10 })
  limited(): string {
    runs += 1;
    return 'more than ten bytes';
  }
}

@Controller('class')
@Idempotent({ required: false, retention: 60 })
class ClassController {
  @Post()
  first(): number {
    return ++runs;
  }

  @Post('strict')
  @Idempotent({ required: true })
  strict(): number {
    return ++runs;
  }

  @Delete()
  second(): number {
    return ++runs;
  }

  @Get()
  read(): number {
    return ++runs;
  }
}

let database: TestDatabase;
const apps: NestFastifyApplication[] = [];

async function start(
  options: IdempotencyOptions = {},
  controllers: Type[] = [KeysController, ClassController],
): Promise<string> {
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: database.url,
        installExtensions: false,
        extra: engineConnectionOptions(),
      }),
      IdempotencyModule.forRoot(options),
    ],
    controllers,
  })
  class SpecModule {}
  const module = await Test.createTestingModule({ imports: [SpecModule] }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
    rawBody: true,
    logger: false,
  });
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.get(DataSource).destroy();
    throw error;
  }
  apps.push(app);
  return app.getUrl();
}

beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
});
beforeEach(() => {
  runs = 0;
});
afterEach(async () => {
  const [app] = apps;
  await app?.get(DataSource).query('TRUNCATE idempotency_key');
  await Promise.all(apps.splice(0).map((each) => each.close()));
});
afterAll(() => database.drop());

interface Sent {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly method?: string;
}

async function send(url: string, { key, body, headers = {}, method = 'POST' }: Sent = {}) {
  const response = await fetch(url, {
    method,
    headers: {
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    text: await response.text(),
    replayed: response.headers.get('idempotency-replayed'),
  };
}

const rows = (sql: string) =>
  apps[0]?.get(DataSource).query(sql) ?? Promise.reject(new Error('Nothing runs.'));

describe('the key', () => {
  it('is a member of the body', async () => {
    const url = `${await start()}/keys/body`;
    const body = { payment: { reference: 'r' } };
    expect([(await send(url, { body })).text, (await send(url, { body })).replayed]).toEqual(['1', 'true']);
    for (const reference of [undefined, null, true, {}, 'x'.repeat(256)])
      expect((await send(url, { body: { payment: { reference } } })).status).toBe(400);
  });

  it('is the same as a number and as its digits', async () => {
    const url = `${await start()}/keys/body`;
    await send(url, { body: { payment: { reference: 7 } } });
    expect((await send(url, { body: { payment: { reference: '7' } } })).status).toBe(422);
  });

  it('is in a header of the route’s own, in place of the usual one', async () => {
    const url = `${await start()}/keys/header`;
    expect((await send(url, { key: 'k' })).status).toBe(400);
    for (const text of ['1', '1'])
      expect((await send(url, { headers: { 'x-request-key': 'r' } })).text).toBe(text);
  });

  it('is an argument of the handler', async () => {
    const url = await start();
    await send(`${url}/keys/argument/r`);
    expect((await send(`${url}/keys/argument/r`)).replayed).toBe('true');
    expect((await send(`${url}/keys/argument/s`)).text).toBe('2');
  });

  it('is what a function makes of the request', async () => {
    const url = `${await start()}/keys/function`;
    const headers = { 'x-request-id': 'r' };
    await send(url, { headers });
    expect((await send(url, { headers })).replayed).toBe('true');
    expect((await send(url)).status).toBe(400);
    expect(await rows('SELECT FROM idempotency_key')).toHaveLength(1);
  });
});

it('compares what a route says is the request, bound to its method and path', async () => {
  const url = `${await start()}/keys/fingerprint`;
  await send(url, { key: 'k', body: { payment: {}, at: 1 } });
  expect((await send(url, { key: 'k', body: { payment: {}, at: 2 } })).replayed).toBe('true');
  expect((await send(url, { key: 'k', body: { payment: { reference: 'r' }, at: 1 } })).status).toBe(422);
  expect((await send(`${url}?x=1`, { key: 'k', body: { payment: {}, at: 1 } })).replayed).toBe('true');
});

it('records the errors that a route calls answers, and no others', async () => {
  const url = await start();
  for (const _ of [1, 2]) await send(`${url}/keys/recorded`, { key: 'a' });
  expect(runs).toBe(1);
  for (const _ of [1, 2]) await send(`${url}/keys/unrecorded`, { key: 'b' });
  expect(runs).toBe(3);
});

it('refuses an answer that is too large before anything is stored', async () => {
  const url = `${await start()}/keys/limited`;
  expect((await send(url, { key: 'k' })).status).toBe(500);
  expect(await rows('SELECT FROM idempotency_key')).toEqual([]);
});

it('holds for every writing handler of a decorated class, the nearer option wins', async () => {
  const url = `${await start()}/class`;
  expect([(await send(url)).text, (await send(url)).text]).toEqual(['1', '2']);
  await send(url, { key: 'k' });
  expect((await send(url, { key: 'k' })).replayed).toBe('true');
  expect((await send(url, { key: 'd', method: 'DELETE' })).text).toBe('4');
  expect((await send(url, { key: 'd', method: 'DELETE' })).replayed).toBe('true');
  expect((await send(`${url}/strict`)).status).toBe(400);
  expect((await send(`${url}/strict`, { key: 's' })).status).toBe(201);
  expect([(await send(url, { method: 'GET' })).text, (await send(url, { method: 'GET' })).text]).toEqual([
    '6',
    '7',
  ]);
  const [{ life }] = await rows(
    "SELECT round(extract(epoch FROM expires_at - created_at))::int AS life FROM idempotency_key WHERE key = 's'",
  );
  expect(life).toBe(60);
});

describe('encryption at rest', () => {
  const [old, fresh] = ['an old secret of at least 32 characters', Buffer.alloc(32, 7)];

  it('seals answers, and opens them with any key of the list', async () => {
    const first = await send(`${await start({ encryption: { keys: [old] } })}/keys/recorded`, { key: 'k' });
    expect(first.text).toContain('Conflict');
    const [row] = await rows('SELECT response_headers, response_body, response_seal FROM idempotency_key');
    expect(row).toMatchObject({
      response_headers: null,
      response_seal: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(row.response_body.includes('Conflict')).toBe(false);
    const again = `${await start({ encryption: { keys: [fresh, old] } })}/keys/recorded`;
    const rotated = await send(again, { key: 'k' });
    expect(rotated).toEqual({ ...first, replayed: 'true' });
  });

  it.each([
    ['was changed', "UPDATE idempotency_key SET response_body = set_byte(response_body, 30, 0) || '\\x00'"],
    [
      'was copied from another key',
      'UPDATE idempotency_key a SET response_body = b.response_body FROM idempotency_key b WHERE a.key <> b.key',
    ],
    ['lies open', 'UPDATE idempotency_key SET response_seal = NULL'],
    ['was sealed by an unknown key', "UPDATE idempotency_key SET response_seal = 'other'"],
  ])('fails closed for an answer that %s: no replay, no second run', async (_, damage) => {
    const url = `${await start({ encryption: { keys: [fresh] } })}/class`;
    await send(url, { key: 'k' });
    await send(url, { key: 'l' });
    await rows(damage);
    // Another process: this one still remembers what it stored.
    const elsewhere = `${await start({ encryption: { keys: [fresh] } })}/class`;
    expect((await send(elsewhere, { key: 'k' })).status).toBe(500);
    expect(runs).toBe(2);
  });
});
