import { Readable } from 'node:stream';
import {
  BadRequestException,
  Body,
  ClassSerializerInterceptor,
  Controller,
  Get,
  Head,
  Header,
  HttpCode,
  Options,
  Patch,
  Post,
  Put,
  Res,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { from } from 'rxjs';
import { DataSource } from 'typeorm';
import { Idempotent } from '../index.js';
import { migrateShop } from '../spec/shop.js';
import { type AdapterName, type RunningApp, startApp } from '../spec/start-app.js';

let runs = 0;

class Account {
  readonly name = 'alice';
  readonly passwordHash = 'never to be seen';
}

/** Stands for class-transformer, of which only the interceptor is Nest's. */
const transformerPackage = {
  classToPlain: (value: unknown) => ({ ...Object(value), passwordHash: undefined }),
  plainToInstance: (): never => {
    throw new Error('Nothing is made an instance here.');
  },
};

@Controller('answers')
class AnswersController {
  @Post('nothing')
  @Idempotent()
  nothing(): void {
    runs += 1;
  }

  @Post('empty')
  @Idempotent()
  empty(): string {
    runs += 1;
    return '';
  }

  @Post('null')
  @Idempotent()
  null(): null {
    runs += 1;
    return null;
  }

  @Put('number')
  @Idempotent()
  number(): number {
    return ++runs;
  }

  @Patch('unicode')
  @Idempotent()
  unicode(): unknown {
    runs += 1;
    return { text: 'zero \u0000, é, 😀 and half of it: \ud83d', list: [1.5, null, true] };
  }

  @Post('image')
  @Header('Content-Type', 'image/png')
  @Idempotent()
  image(): Buffer {
    runs += 1;
    return Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]);
  }

  @Post('broken-text')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @Idempotent()
  brokenText(): Buffer {
    runs += 1;
    return Buffer.from([0x61, 0xff, 0xfe, 0x62]);
  }

  @Post('status')
  @HttpCode(202)
  @Header('ETag', '"v1"')
  @Header('Cache-Control', 'no-store')
  @Idempotent()
  status(
    @Res({ passthrough: true }) response: {
      status(code: number): unknown;
      header(name: string, value: string): unknown;
    },
  ): unknown {
    runs += 1;
    response.status(207);
    response.header('Content-Language', 'la');
    response.header('Content-Location', '/answers/1');
    response.header('Last-Modified', 'Wed, 25 Nov 2026 05:05:34 GMT');
    response.header('Set-Cookie', 'session=secret');
    return { many: true };
  }

  @Post('code')
  @HttpCode(200)
  @Idempotent()
  code(): unknown {
    return { runs: ++runs };
  }

  @Post('observable')
  @Idempotent()
  observable(): unknown {
    runs += 1;
    return from(['first', 'last']);
  }

  @Post('serialized')
  @UseInterceptors(
    new ClassSerializerInterceptor({ getAllAndOverride: () => undefined }, { transformerPackage }),
  )
  @Idempotent()
  serialized(): Account {
    runs += 1;
    return new Account();
  }

  @Post('file')
  @Idempotent()
  file(): StreamableFile {
    runs += 1;
    return new StreamableFile(Buffer.from('bytes'));
  }

  @Post('readable')
  @Idempotent()
  readable(): Readable {
    runs += 1;
    return Readable.from(['a', 'b']);
  }

  @Post('generator')
  @Idempotent()
  async *generator(): AsyncGenerator<string> {
    runs += 1;
    yield 'a';
  }

  @Post('response')
  @Idempotent()
  response(): Response {
    runs += 1;
    return new Response('a');
  }

  @Post('too-large')
  @Idempotent({ maxAnswerBytes: 10 })
  tooLarge(@Body() { refuse }: { refuse: boolean }): string {
    runs += 1;
    if (refuse) throw new BadRequestException('a refusal of more than ten bytes');
    return 'more than ten bytes';
  }

  @Get()
  @Idempotent()
  get(): number {
    return ++runs;
  }

  @Head('head')
  @Idempotent()
  head(): void {
    runs += 1;
  }

  @Options()
  @Idempotent()
  options(): void {
    runs += 1;
  }
}

const errors: string[] = [];
const logger = {
  log: () => undefined,
  warn: () => undefined,
  error: (error: unknown) => void errors.push(String(error)),
};

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
});
afterAll(() => database.drop());

describe.each<AdapterName>(['fastify', 'express'])('over %s', (adapter) => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp(adapter, database.url, { controllers: [AnswersController], logger });
  });
  afterAll(() => running.app.close());
  beforeEach(async () => {
    runs = 0;
    errors.length = 0;
    await rows('TRUNCATE idempotency_key');
  });

  const rows = (sql: string): Promise<Record<string, unknown>[]> => running.app.get(DataSource).query(sql);

  async function send(path: string, method = 'POST', body?: string) {
    const response = await fetch(`${running.url}/answers${path}`, {
      method,
      headers: { 'idempotency-key': 'k', ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body }),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: Buffer.from(await response.arrayBuffer()),
    };
  }

  it.each([
    ['nothing at all', 'POST', '/nothing', 201, undefined],
    ['an empty text', 'POST', '/empty', 201, undefined],
    ['null', 'POST', '/null', 201, undefined],
    ['a number', 'PUT', '/number', 200, '1'],
    ['a Buffer of its own type', 'POST', '/image', 201, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255])],
    ['text that is no UTF-8', 'POST', '/broken-text', 201, Buffer.from([0x61, 0xff, 0xfe, 0x62])],
    ['what JSON has to escape', 'PATCH', '/unicode', 200, undefined],
    ['a status of @HttpCode()', 'POST', '/code', 200, '{"runs":1}'],
    ['the last value of an Observable', 'POST', '/observable', 201, 'last'],
  ])('replays %s byte for byte, and runs the handler once', async (_, method, path, status, body) => {
    const first = await send(path, method);
    const again = await send(path, method);
    expect([first.status, again.status]).toEqual([status, status]);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    if (body !== undefined) expect(first.body).toEqual(Buffer.from(body));
    for (const name of ['content-type', 'content-length'])
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect(runs).toBe(1);
  });

  it('keeps the status and the headers that belong to the answer, and no cookie', async () => {
    const first = await send('/status');
    const again = await send('/status');
    expect([first.status, again.status]).toEqual([207, 207]);
    const kept = {
      etag: '"v1"',
      'content-language': 'la',
      'content-location': '/answers/1',
      'last-modified': 'Wed, 25 Nov 2026 05:05:34 GMT',
      'content-type': 'application/json; charset=utf-8',
    };
    for (const { headers } of [first, again]) expect(Object.fromEntries(headers)).toMatchObject(kept);
    expect(first.headers.get('set-cookie')).toBe('session=secret');
    expect(again.headers.get('set-cookie')).toBeNull();
  });

  it('has what a serializer hides in neither the record nor the answers', async () => {
    const first = await send('/serialized');
    expect([first.body.toString(), (await send('/serialized')).body.toString()]).toEqual(
      Array(2).fill('{"name":"alice"}'),
    );
    const [row] = await rows("SELECT convert_from(response_body, 'UTF8') AS body FROM idempotency_key");
    expect(row).toEqual({ body: '{"name":"alice"}' });
  });

  it.each([
    ['a StreamableFile', '/file'],
    ['a Readable', '/readable'],
    ['an async generator', '/generator'],
    ['a web Response', '/response'],
  ])('refuses %s at first use, says why, and stores nothing', async (_, path) => {
    expect((await send(path)).status).toBe(500);
    expect(errors.join()).toMatch(/UnstorableAnswerError: .* a stream, which can't be stored and replayed/);
    expect(await rows('SELECT FROM idempotency_key')).toEqual([]);
    expect((await send(path)).status).toBe(500);
  });

  it.each([
    ['an answer', false],
    ['a refusal', true],
  ])('refuses %s that is larger than the limit before anything is stored', async (_, refuse) => {
    expect((await send('/too-large', 'POST', JSON.stringify({ refuse }))).status).toBe(500);
    expect(errors.join()).toMatch(/bytes \(maxAnswerBytes is 10\), which can't be stored/);
    expect(await rows('SELECT FROM idempotency_key')).toEqual([]);
  });

  it.each([
    ['GET', ''],
    ['HEAD', '/head'],
    ['OPTIONS', ''],
  ])('leaves %s alone, key or not', async (method, path) => {
    for (const run of [1, 2]) {
      const { status, headers } = await send(path, method);
      expect([status, runs]).toEqual([200, run]);
      expect(headers.get('idempotency-status')).toBeNull();
    }
    expect(await rows('SELECT FROM idempotency_key')).toEqual([]);
  });
});
