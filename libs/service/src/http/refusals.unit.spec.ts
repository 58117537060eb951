import type { Service } from '../create-service.js';
import { sendRaw } from '../testing/raw-request.spec.js';
import { expectProblem, type Sent, send as sendTo } from '../testing/send.spec.js';
import { startSmallShop } from '../testing/small-shop.spec.js';
import { createIdentityProvider, type IdentityProvider } from '../testing/tokens.spec.js';

let provider: IdentityProvider;
let service: Service;
let url: string;
let alice: string;

beforeAll(async () => {
  provider = await createIdentityProvider();
  ({ service, url } = await startSmallShop({ auth: provider.auth }));
  alice = `Bearer ${await provider.token()}`;
});
afterAll(async () => {
  await service.stop();
  await provider.close();
});

const order = JSON.stringify({ lines: [{ sku: 'tea', quantity: 1 }] });

const send = (path: string, request: Sent) => sendTo(`${url}${path}`, request);

describe('the order of refusals', () => {
  const broken = '{"lines":';
  it('takes 401 before everything else', async () => {
    expectProblem(await send('/orders', { type: 'text/plain', body: broken }), 401, 'unauthorized');
    expectProblem(
      await send('/orders', { type: 'garbage', body: 'x'.repeat(2_000_000) }),
      401,
      'unauthorized',
    );
  });
  it('takes 403 before the body', async () => {
    expectProblem(
      await send('/stock/tea', {
        method: 'PUT',
        authorization: alice,
        type: 'application/json',
        body: broken,
      }),
      403,
      'forbidden',
    );
  });
  it('takes a missing key before every problem of the body', async () => {
    for (const [type, body] of [
      ['application/json', broken],
      ['text/plain', order],
      ['garbage', order],
      ['application/json', 'x'.repeat(2_000_000)],
    ] as const) {
      expectProblem(
        await send('/orders', { authorization: alice, type, body }),
        400,
        'idempotency-key-missing',
      );
    }
  });
  it('lets a good request through', async () => {
    const { status, json } = await send('/orders', {
      authorization: alice,
      key: 'k',
      type: 'application/json; charset=UTF-8',
      body: order,
    });
    expect([status, json]).toEqual([201, { lines: 1, customerId: 'alice' }]);
  });
});

describe('a body', () => {
  const place = (type: string | undefined, body: string | Uint8Array<ArrayBuffer>, headers = {}) =>
    send('/orders', {
      authorization: alice,
      key: 'k',
      ...(type === undefined ? {} : { type }),
      body,
      headers,
    });

  it('over 1 MiB is 413, announced or chunked, and the client gets to read it', async () => {
    expectProblem(await place('application/json', ' '.repeat(1_048_577)), 413, 'payload-too-large');
    const chunk = Buffer.from(' '.repeat(65_536));
    let sent = 0;
    const stream = new ReadableStream({
      pull: (controller) => {
        sent += 1;
        if (sent > 40) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const response = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { authorization: alice, 'idempotency-key': 'k', 'content-type': 'application/json' },
      body: stream,
      duplex: 'half',
    });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      413,
      'payload-too-large',
    ]);
  });
  it('of exactly 1 MiB is read', async () => {
    const padding = ' '.repeat(1_048_576 - order.length);
    expect((await place('application/json', order + padding)).status).toBe(201);
  });
  it('that announces gigabytes is refused at once', async () => {
    const answer = await sendRaw(
      url,
      `POST /orders HTTP/1.1\r\nHost: x\r\nAuthorization: ${alice}\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\nContent-Length: 10000000000\r\n\r\n{`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });
  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/json; charset=utf-16'],
    ['application/problem+json'],
    ['application/jsonx'],
    ['json'],
    ['"'],
    [undefined],
  ])('of the type %s is 415', async (type) => {
    expectProblem(await place(type, order), 415, 'unsupported-media-type');
  });
  it('that is compressed is 415', async () => {
    expectProblem(
      await place('application/json', order, { 'content-encoding': 'gzip' }),
      415,
      'unsupported-media-type',
    );
  });
  it.each([['{"lines":'], ['{} {}'], ["{'lines': []}"], ['NaN'], ['[1,]'], ['{"__proto__":{"admin":true}}']])(
    'like %s is 400 malformed-json',
    async (body) => {
      expectProblem(await place('application/json', body), 400, 'malformed-json');
    },
  );
  it('that is not UTF-8 is 400 malformed-json', async () => {
    expectProblem(await place('application/json', new Uint8Array([0x22, 0xff, 0x22])), 400, 'malformed-json');
  });
  it('that is absent is 400 where one is needed, and fine where none is', async () => {
    expectProblem(await send('/orders', { authorization: alice, key: 'k' }), 400, 'malformed-json');
    expectProblem(
      await send('/orders', { authorization: alice, key: 'k', type: 'application/json' }),
      400,
      'malformed-json',
    );
    for (const type of ['application/json', 'text/plain', undefined]) {
      const { status } = await send('/orders/1/cancel', {
        authorization: alice,
        ...(type === undefined ? {} : { type }),
      });
      expect(status).toBe(200);
    }
  });
  it('is ignored by a route that asks for none', async () => {
    expect(
      (await send('/orders/1/cancel', { authorization: alice, type: 'text/plain', body: 'x' })).status,
    ).toBe(200);
  });
  it('nested half a million deep is refused without harm', async () => {
    for (const body of ['['.repeat(500_000) + ']'.repeat(500_000), '{"a":'.repeat(200_000)]) {
      const { status } = await place('application/json', body);
      expect([400, 422]).toContain(status);
    }
  });
  it('that breaks the schema is 422, each member named', async () => {
    const answer = await place(
      'application/json',
      JSON.stringify({
        lines: [
          { sku: 'a b', quantity: '1', color: 'red' },
          { sku: 'x', quantity: 1.5 },
        ],
        gift: true,
      }),
    );
    expectProblem(answer, 422, 'invalid-request');
    expect(answer.json.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      '/gift',
      '/lines/0/color',
      '/lines/0/quantity',
      '/lines/0/sku',
      '/lines/1/quantity',
    ]);
  });
  it('keeps its bytes for the fingerprint', async () => {
    const bytes = '{"b":1,\n "a":"\\u0000"}';
    const { json } = await send('/plain', { type: 'application/json', body: bytes });
    expect(json).toEqual({ body: { b: 1, a: '\0' }, raw: Buffer.from(bytes).toString('base64') });
  });
  it('cut off by the client leaves the service serving', async () => {
    const half = `POST /plain HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
    const { connect } = await import('node:net');
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
        socket.write(half, () => socket.destroy()),
      );
      socket.on('close', () => resolve());
    });
    expect((await send('/plain', { type: 'application/json', body: '1' })).json.body).toBe(1);
  });
});
