import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Order, PurchasePlaced } from '@semel/contracts';
import { type Reply, RunningOrder } from '../testing/running-order.spec.js';

// The servers of this spec come by testBrokers(), which the file that starts Order calls.

const lines = [{ sku: 'TEA-SENCHA-100', quantity: 2 }];
const tea = { lines };

describe('POST /orders', () => {
  let order: RunningOrder;
  beforeAll(async () => {
    order = await RunningOrder.start();
  }, 120_000);
  afterAll(() => order.stop(), 60_000);

  const key = () => randomUUID();
  const problem = (reply: Reply) => [reply.status, reply.json?.code];

  it('takes the order, tells where it is and announces it with every header of CloudEvents', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const reply = await order.post('/orders', key(), tea, { headers: { traceparent } });
    const { id, placedAt } = Order.parse(reply.json);
    expect(reply.status).toBe(201);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      location: `/orders/${id}`,
      etag: '"1"',
      'content-type': expect.stringMatching(/^application\/json/),
      'idempotency-status': 'Processed',
      'idempotency-expires': expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/),
    });
    expect(reply.headers.has('idempotency-replayed')).toBe(false);
    const [event] = await order.reader.until('purchases', id, 1);
    expect(PurchasePlaced.parse(JSON.parse(event!.value!))).toEqual({
      orderId: id,
      customerId: 'alice',
      lines,
      placedAt,
    });
    expect(event!.headers).toEqual({
      ce_specversion: '1.0',
      ce_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ce_source: 'urn:semel:order',
      ce_type: 'semel.purchase.placed.v1',
      ce_time: placedAt,
      'content-type': 'application/json',
      traceparent: expect.stringMatching(
        /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/,
      ),
    });
    expect((await order.call(`/orders/${id}`)).text).toBe(reply.text);
  });

  it('replays the first answer byte for byte, also to the same JSON written otherwise', async () => {
    const used = key();
    const first = await order.post('/orders', used, tea);
    const same = ` {"lines": [ {"quantity":2.0 , "sku":"TEA-SENCHA-100"} ] } `;
    for (const body of [tea, same]) {
      const again = await order.post('/orders', used, body);
      expect([again.status, again.text]).toEqual([201, first.text]);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      for (const name of ['location', 'etag', 'content-type', 'idempotency-status', 'idempotency-expires']) {
        expect(again.headers.get(name)).toBe(first.headers.get(name));
      }
    }
    expect(await order.reader.until('purchases', first.json.id, 1)).toHaveLength(1);
  });

  it('makes one order of 25 requests at once', async () => {
    const used = key();
    const customer = `customer-${used}`;
    const replies = await Promise.all(
      Array.from({ length: 25 }, () =>
        order.post('/orders', used, tea, { as: customer, headers: { prefer: 'wait=10' } }),
      ),
    );
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies.every(({ headers }) => headers.get('preference-applied') === 'wait=10')).toBe(true);
    expect((await order.call('/orders', { as: customer })).json.items).toHaveLength(1);
  });

  it('refuses a key that was used for another body, path or method', async () => {
    const used = key();
    const { json } = await order.post('/orders', used, tea);
    const otherBody = await order.post('/orders', used, { ...tea, note: 'please hurry' });
    const otherPath = await order.post(`/orders/${json.id}/cancel`, used);
    expect([otherBody, otherPath].map(problem)).toEqual(Array(2).fill([422, 'idempotency-key-reused']));
    expect((await order.call(`/orders/${json.id}`)).json.status).toBe('placed');
  });

  it('takes the key of another caller for another key', async () => {
    const used = key();
    const first = await order.post('/orders', used, tea);
    const second = await order.post('/orders', used, tea, { as: 'bob' });
    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect(second.json.id).not.toBe(first.json.id);
  });

  it('takes a quoted key and the bare one for the same', async () => {
    const used = key();
    const first = await order.post('/orders', `"${used}"`, tea);
    expect((await order.post('/orders', used, tea)).text).toBe(first.text);
  });

  it.each([
    ['no key', undefined, 'idempotency-key-missing'],
    ['an empty one', '', 'idempotency-key-invalid'],
    ['256 characters', 'k'.repeat(256), 'idempotency-key-invalid'],
    ['a character beyond ASCII', 'ké', 'idempotency-key-invalid'],
    ['a malformed quoted string', '"k', 'idempotency-key-invalid'],
  ])('refuses %s', async (_name, used, code) => {
    expect(problem(await order.post('/orders', used, tea))).toEqual([400, code]);
  });

  it('refuses a key that is sent twice', async () => {
    const token = order.identity.token('alice');
    const status = await new Promise((resolve, reject) => {
      const sent = httpRequest(`${order.url}/orders`, { method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.setHeader('authorization', `Bearer ${token}`);
      sent.setHeader('content-type', 'application/json');
      sent.setHeader('idempotency-key', ['one', 'two']);
      sent.on('error', reject);
      sent.end(JSON.stringify(tea));
    });
    expect(status).toBe(400);
  });

  it('keeps unknown-product as the answer of the operation', async () => {
    const used = key();
    const body = { lines: [{ sku: 'NO-SUCH-TEA', quantity: 1 }] };
    const first = await order.post('/orders', used, body);
    expect(first.json).toMatchObject({
      type: '/problems/unknown-product',
      status: 422,
      code: 'unknown-product',
      sku: 'NO-SUCH-TEA',
      instance: '/orders',
    });
    const again = await order.post('/orders', used, body);
    expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([
      422,
      first.text,
      'true',
    ]);
    expect(again.headers.get('content-type')).toBe('application/problem+json');
  });

  it.each<[string, unknown, string[]]>([
    ['no lines', { lines: [] }, ['/lines']],
    [
      '101 lines',
      { lines: Array.from({ length: 101 }, (_, n) => ({ sku: `S${n}`, quantity: 1 })) },
      ['/lines'],
    ],
    ['a SKU twice', { lines: [...lines, ...lines] }, ['/lines/1/sku']],
    ['a quantity of 0', { lines: [{ sku: 'A', quantity: 0 }] }, ['/lines/0/quantity']],
    ['a quantity of 1,001', { lines: [{ sku: 'A', quantity: 1_001 }] }, ['/lines/0/quantity']],
    ['a quantity that is text', { lines: [{ sku: 'A', quantity: '1' }] }, ['/lines/0/quantity']],
    ['an impossible SKU', { lines: [{ sku: 'Ä', quantity: 1 }] }, ['/lines/0/sku']],
    ['a long note', { ...tea, note: 'n'.repeat(2_001) }, ['/note']],
    ['unknown members', { ...tea, gift: true, colour: 1 }, ['/gift', '/colour']],
    ['an array', [], ['']],
    ['null', null, ['']],
  ])('refuses %s, names each member and leaves the key free', async (_name, body, paths) => {
    const used = key();
    const refused = await order.post('/orders', used, JSON.stringify(body));
    expect(problem(refused)).toEqual([422, 'invalid-request']);
    expect(refused.json.errors.map((error: { path: string }) => error.path)).toEqual(paths);
    expect((await order.post('/orders', used, tea)).status).toBe(201);
  });

  it.each<[string, Parameters<RunningOrder['call']>[1], number]>([
    ['malformed JSON', { body: '{"lines":' }, 400],
    ['another media type', { body: 'lines', headers: { 'content-type': 'text/plain' } }, 415],
    ['over 1 MiB', { body: JSON.stringify({ ...tea, note: 'n'.repeat(1_048_576) }) }, 413],
    ['no token', { body: tea, as: '' }, 401],
  ])('refuses %s and leaves the key free', async (_name, request, status) => {
    const used = key();
    expect((await order.call('/orders', { method: 'POST', key: used, ...request })).status).toBe(status);
    expect((await order.call(`/idempotency-keys/${used}`)).status).toBe(404);
    expect((await order.post('/orders', used, tea)).status).toBe(201);
  });
});
