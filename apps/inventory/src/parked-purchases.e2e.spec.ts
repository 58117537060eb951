import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ParkedMessage, ParkedMessageDetail } from '@semel/contracts';
import { codeOf } from './testing/code-of.spec.js';
import { cancelled, placed } from './testing/purchases.spec.js';
import { type Answer, type Ask, RunningInventory } from './testing/running-inventory.spec.js';

describe('Parked purchases', () => {
  let inventory: RunningInventory;
  beforeAll(async () => {
    inventory = await RunningInventory.start();
    // A defect that can be mended: the orders named here break their handler.
    await inventory.database.rows('CREATE TABLE defect (order_id text PRIMARY KEY)');
    await inventory.database.rows(`
      CREATE FUNCTION break_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM defect WHERE order_id = NEW.order_id) THEN RAISE 'a defect of the handler'; END IF;
        RETURN NEW;
      END $$`);
    await inventory.database.rows(
      'CREATE TRIGGER break_reservation BEFORE INSERT OR UPDATE ON reservation FOR EACH ROW EXECUTE FUNCTION break_reservation()',
    );
  });
  afterAll(() => inventory.stop());

  const breakOrders = (...ids: string[]) =>
    inventory.database.rows('INSERT INTO defect SELECT unnest($1::text[])', [ids]);
  const mend = () => inventory.database.rows('TRUNCATE defect');
  const ask = (method: string, path: string, more: Ask = {}) =>
    inventory.ask(method, `/parked-messages${path}`, more);
  const post = (path: string, body?: unknown, key: string = randomUUID()) => ask('POST', path, { key, body });
  const list = async (query: string) =>
    (await ask('GET', query)).json as { items: ParkedMessage[]; nextCursor: string | null };
  const detail = ({ json }: Answer) => json as ParkedMessageDetail;

  /** Resolves once the register holds so many of a key, newest first. */
  async function parked(key: string, count: number): Promise<ParkedMessage[]> {
    for (;;) {
      const { items } = await list(`?key=${key}&state=any&limit=100`);
      if (items.length >= count) return items;
      await pause(20);
    }
  }
  async function untilReservation(orderId: string, status: string): Promise<void> {
    while ((await inventory.database.reservation(orderId))?.status !== status) await pause(20);
  }
  const sendPlaced = async (sku: string, ...orderIds: string[]) =>
    inventory.send(...orderIds.map((orderId) => placed(orderId, { [sku]: 1 })));

  it('tells why, from where and since when, with what was sent', async () => {
    const key = randomUUID();
    const before = Date.now() - 5_000;
    const headers = { ce_type: 'semel.purchase.placed.v1', ce_id: 'e-1' };
    await inventory.sendRaw({ key, value: '{"orderId":1}', headers, partition: 3 });
    const [item] = await parked(key, 1);
    expect(item).toMatchObject({
      topic: inventory.topic,
      partition: 3,
      key,
      type: 'semel.purchase.placed.v1',
      reason: 'schema-violation',
      error: expect.stringContaining('/orderId'),
      attempt: 1,
      predecessor: null,
      replayable: true,
      state: 'parked',
    });
    expect(Date.parse(item!.parkedAt)).toBeGreaterThan(before);
    expect(detail(await ask('GET', `/${item!.id}`))).toMatchObject({
      ...item,
      value: '{"orderId":1}',
      headers: { ce_type: [headers.ce_type], ce_id: ['e-1'] },
      acts: [],
    });
  });

  it('replays a message once, whoever replays it how often, and records who and when', async () => {
    const [sku, orderId] = [await inventory.database.shelf(5), randomUUID()];
    await breakOrders(orderId);
    await sendPlaced(sku, orderId);
    const [item] = await parked(orderId, 1);
    expect(item).toMatchObject({
      reason: 'failed',
      error: expect.stringContaining('a defect of the handler'),
    });
    await mend();
    const answers = await Promise.all([1, 2, 3].map(() => post(`/${item!.id}/replay`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await untilReservation(orderId, 'reserved');
    await post(`/${item!.id}/replay`);
    // Also where the register is not asked: the same message on the topic once more is known to the inbox.
    await sendPlaced(sku, orderId);
    const sentinel = randomUUID();
    await sendPlaced(sku, sentinel);
    await untilReservation(sentinel, 'reserved');
    expect(await inventory.database.stock(sku)).toEqual([3, 2]);
    expect(detail(await ask('GET', `/${item!.id}`))).toMatchObject({
      state: 'replayed',
      acts: [{ act: 'replay', actor: 'olga', at: expect.any(String) }],
    });
    const sent = await inventory.database.rows('SELECT FROM outbox WHERE topic = $1 AND key = $2', [
      inventory.topic,
      orderId,
    ]);
    expect(sent).toHaveLength(1);
  });

  it('parks what is still poison again, as a new message that points to the replayed one', async () => {
    const [sku, orderId] = [await inventory.database.shelf(5), randomUUID()];
    await breakOrders(orderId);
    await sendPlaced(sku, orderId);
    const [first] = await parked(orderId, 1);
    await post(`/${first!.id}/replay`);
    const [second] = await parked(orderId, 2);
    expect(second).toMatchObject({ attempt: 2, predecessor: first!.id, state: 'parked', reason: 'failed' });
    await mend();
    await post(`/${second!.id}/replay`);
    await untilReservation(orderId, 'reserved');
    expect((await parked(orderId, 2)).map(({ state }) => state)).toEqual(['replayed', 'replayed']);
    expect(await inventory.database.stock(sku)).toEqual([4, 1]);
  });

  it('replays a key in the order in which its messages came: a purchase, then its cancellation', async () => {
    const [sku, orderId] = [await inventory.database.shelf(5), randomUUID()];
    await breakOrders(orderId);
    await inventory.send(placed(orderId, { [sku]: 2 }));
    await inventory.send(cancelled(orderId));
    await parked(orderId, 2);
    await mend();
    expect((await post('/replay', { key: orderId })).json).toEqual({ changed: 2, nextCursor: null });
    await untilReservation(orderId, 'released');
    // The other way round nothing would have been reserved, and nothing released.
    const moved = await inventory.database.rows(
      'SELECT kind, delta_available::int AS n FROM stock_movement WHERE order_id = $1 ORDER BY id',
      [orderId],
    );
    expect(moved).toEqual([
      { kind: 'reservation', n: -2 },
      { kind: 'release', n: 2 },
    ]);
  });

  it('replays a reason, and all, page by page', async () => {
    const sku = await inventory.database.shelf(50);
    const orderIds = Array.from({ length: 7 }, () => randomUUID());
    await breakOrders(...orderIds);
    await sendPlaced(sku, ...orderIds);
    for (const orderId of orderIds) await parked(orderId, 1);
    await mend();
    const pages: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const body = { topic: inventory.topic, reason: 'failed', limit: 3, ...(cursor && { cursor }) };
      const answer = (await post('/replay', body)).json as { changed: number; nextCursor: string | null };
      pages.push(answer.changed);
      cursor = answer.nextCursor;
    }
    expect(pages).toEqual([3, 3, 1]);
    for (const orderId of orderIds) await untilReservation(orderId, 'reserved');
    expect(await inventory.database.stock(sku)).toEqual([43, 7]);
    expect((await list('?reason=failed')).items).toEqual([]);
  });

  it('answers a repeated request with the first answer: what was parked since is not touched', async () => {
    const orderId = randomUUID();
    await inventory.sendRaw({ key: orderId, value: '1', headers: { ce_type: 'unknown.v1' } });
    await parked(orderId, 1);
    const key = randomUUID();
    const first = await post('/discard', { key: orderId }, key);
    await inventory.sendRaw({ key: orderId, value: '2', headers: { ce_type: 'unknown.v1' } });
    const [second] = await parked(orderId, 2);
    const again = await post('/discard', { key: orderId }, key);
    expect([first.text, again.headers.get('idempotency-replayed')]).toEqual([again.text, 'true']);
    expect(first.json).toEqual({ changed: 1, nextCursor: null });
    expect(detail(await ask('GET', `/${second!.id}`)).state).toBe('parked');
  });

  it('discards for good, and refuses what no consumer would take', async () => {
    const orderId = randomUUID();
    await inventory.sendRaw({
      key: orderId,
      value: 'not JSON',
      headers: { ce_type: 'semel.purchase.placed.v1' },
    });
    const [item] = await parked(orderId, 1);
    const { id } = item!;
    expect([(await post(`/${id}/discard`)).status, (await post(`/${id}/discard`)).status]).toEqual([
      200, 200,
    ]);
    expect(codeOf(await post(`/${id}/replay`))).toEqual([409, 'parked-message-settled']);
    expect(detail(await ask('GET', `/${id}`)).acts).toHaveLength(1);
    await inventory.sendRaw({ key: null, value: '{}', headers: { ce_type: 'semel.purchase.placed.v1' } });
    for (;;) {
      const { items } = await list('?reason=key-missing');
      await pause(20);
      if (items[0] === undefined) continue;
      expect(items[0]).toMatchObject({ key: null, replayable: false });
      expect(codeOf(await post(`/${items[0].id}/replay`))).toEqual([409, 'parked-message-not-replayable']);
      break;
    }
  });

  it('is for operators, with a key, and for selections that say something', async () => {
    const nothing = randomUUID();
    for (const as of ['alice', '']) {
      const status = as === '' ? [401, 'unauthorized'] : [403, 'forbidden'];
      expect(codeOf(await ask('GET', '', { as }))).toEqual(status);
      expect(codeOf(await ask('POST', '/replay', { as, key: 'k', body: { all: true } }))).toEqual(status);
    }
    expect(codeOf(await ask('POST', '/replay', { body: { all: true } }))).toEqual([
      400,
      'idempotency-key-missing',
    ]);
    expect(codeOf(await ask('GET', `/${nothing}`))).toEqual([404, 'not-found']);
    expect(codeOf(await post(`/${nothing}/replay`))).toEqual([404, 'not-found']);
    expect(codeOf(await post('/no-id/discard'))).toEqual([404, 'not-found']);
    for (const body of [
      {},
      { limit: 5 },
      { all: false },
      { key: '' },
      { topic: 'a b' },
      { key: 'k', cursor: 'x' },
      { key: 'k', more: 1 },
    ]) {
      expect(codeOf(await post('/replay', body))).toEqual([422, 'invalid-request']);
    }
    for (const query of ['since=yesterday', 'state=lost', 'limit=0', 'cursor=x', 'key=']) {
      expect(codeOf(await ask('GET', `?${query}`))).toEqual([422, 'invalid-request']);
    }
  });
});
