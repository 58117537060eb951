import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Post,
  UseGuards,
  VERSION_NEUTRAL,
  Version,
  VersioningType,
} from '@nestjs/common';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { Idempotent } from '../index.js';
import { migrateShop } from '../spec/shop.js';
import { type AdapterName, type RunningApp, startApp } from '../spec/start-app.js';

let user: unknown;
const signIn: CanActivate = {
  canActivate(context: ExecutionContext): boolean {
    if (user !== undefined) context.switchToHttp().getRequest().user = user;
    return true;
  },
};

@Controller({ path: 'whose', version: VERSION_NEUTRAL })
@UseGuards(signIn)
class WhoseController {
  private runs = 0;

  @Post('default')
  @Idempotent()
  default(): number {
    return ++this.runs;
  }

  @Post('other')
  @Idempotent()
  other(): number {
    return ++this.runs;
  }

  @Post('nameless')
  // What only JavaScript lets through.
  @Idempotent({ scope: (() => ({ tenant: 1 })) as unknown as () => string })
  nameless(): number {
    return ++this.runs;
  }

  @Post('shared')
  @Idempotent({ scope: () => undefined, retention: 60 })
  shared(): number {
    return ++this.runs;
  }

  @Version('1')
  @Post('versions')
  @Idempotent()
  first(): string {
    return 'first';
  }

  @Version('2')
  @Post('versions')
  @Idempotent()
  second(): string {
    return 'second';
  }
}

const warnings: string[] = [];
const logger = {
  log: () => undefined,
  error: () => undefined,
  warn: (text: string) => void warnings.push(text),
};

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
});
afterAll(() => database.drop());

describe.each<AdapterName>(['fastify', 'express'])('over %s', (adapter) => {
  let running: RunningApp;

  beforeEach(async () => {
    running = await startApp(adapter, database.url, {
      controllers: [WhoseController],
      defaultScope: true,
      logger,
      rawBody: false,
      prepare: (app) => void app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    });
    await running.app.get(DataSource).query('TRUNCATE idempotency_key');
    user = undefined;
    warnings.length = 0;
  });
  afterEach(() => running.app.close());

  async function send(path: string, headers: Record<string, string> = {}, body?: string) {
    const response = await fetch(`${running.url}/whose/${path}`, {
      method: 'POST',
      headers: { 'idempotency-key': 'k', ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body }),
    });
    return { status: response.status, text: await response.text() };
  }

  it.each([
    ['sub', { sub: 'alice' }, { sub: 'bob' }],
    ['userId, as Nest’s own guide names it', { userId: 1 }, { userId: 2 }],
    ['id', { id: 1n }, { id: 2n }],
  ])('knows callers by their %s, and keeps them apart', async (_, alice, bob) => {
    user = alice;
    const first = await send('default');
    expect(await send('default')).toEqual(first);
    user = bob;
    expect((await send('default')).text).not.toBe(first.text);
    expect(warnings).toEqual([]);
  });

  it('warns once for each route that is called by somebody whom the default scope does not know', async () => {
    user = { name: 'alice' };
    for (const path of ['default', 'default', 'other']) await send(path);
    user = undefined;
    await send('default', { authorization: 'Bearer x' });
    const warned = /is called by somebody, but the default scope finds no sub, userId or id/;
    expect(warnings.map((text) => [text.split(' ')[0], warned.test(text)])).toEqual([
      ['WhoseController.default', true],
      ['WhoseController.other', true],
    ]);
  });

  it('warns of nothing where nobody calls, or the route says whose keys are', async () => {
    await send('default');
    user = { name: 'alice' };
    await send('shared', { 'idempotency-key': 'another' });
    expect(warnings).toEqual([]);
    const [row] = await running.app
      .get(DataSource)
      .query(
        'SELECT scope, round(extract(epoch FROM expires_at - created_at))::int AS life FROM idempotency_key ORDER BY expires_at LIMIT 1',
      );
    expect(row).toEqual({ scope: 'anonymous', life: 60 });
  });

  it('runs nothing for a caller whose name is no text', async () => {
    expect((await send('nameless')).status).toBe(500);
    expect((await send('default')).text).toBe('1');
  });

  it('says once that bodies are compared as parsed where the application keeps no bytes', async () => {
    await send('default', {}, '{"a":1}');
    await send('other', {}, '{"a":1}');
    expect(warnings).toEqual([expect.stringContaining('Create the application with { rawBody: true }')]);
  });

  it('never replays one version of a route for another that a header chooses', async () => {
    expect((await send('versions', { 'x-version': '1' })).text).toBe('first');
    expect((await send('versions', { 'x-version': '2' })).status).toBe(422);
  });
});
