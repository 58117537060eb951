import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { AnswersController, counted } from '../spec/answers.js';
import { migrateShop } from '../spec/shop.js';
import { type AdapterName, type RunningApp, startApp } from '../spec/start-app.js';

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
    counted.runs = 0;
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
    expect(counted.runs).toBe(1);
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
      expect([status, counted.runs]).toEqual([200, run]);
      expect(headers.get('idempotency-status')).toBeNull();
    }
    expect(await rows('SELECT FROM idempotency_key')).toEqual([]);
  });
});
