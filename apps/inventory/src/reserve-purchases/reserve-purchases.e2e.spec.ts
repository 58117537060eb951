import { randomUUID } from 'node:crypto';
import { STOCK_REJECTED, STOCK_RELEASED, STOCK_RESERVED } from '@semel/contracts';
import { cancelled, placed } from '../testing/purchases.spec.js';
import { RunningInventory } from '../testing/running-inventory.spec.js';
import type { Seen } from '../testing/topic-reader.spec.js';

describe('Inventory over Kafka', () => {
  let inventory: RunningInventory;
  beforeAll(async () => {
    inventory = await RunningInventory.start();
  });
  afterAll(() => inventory.stop());

  const typesOf = (seen: readonly Seen[]) => seen.map(({ headers }) => headers.ce_type);
  const json = ({ value }: Seen): unknown => JSON.parse(String(value));

  /** Everything that was sent before has been decided: partitions are read in order, and each answers its last purchase. */
  const settled = async (partitions = Array.from({ length: 12 }, (_, partition) => partition)) => {
    const last = partitions.map((partition) => ({ ...placed(randomUUID(), { 'no-such': 1 }), partition }));
    await inventory.send(...last);
    await Promise.all(last.map(({ key }) => inventory.answers.untilKey(key)));
  };

  it('answers a purchase with a reservation: a CloudEvent of its own in the trace of its cause', async () => {
    const [sku, orderId] = [await inventory.database.shelf(5), randomUUID()];
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await inventory.send({ ...placed(orderId, { [sku]: 2 }), traceparent });
    const [answer] = await inventory.answers.untilKey(orderId);
    expect(json(answer!)).toEqual({ orderId, lines: [{ sku, quantity: 2 }] });
    expect(answer!.headers).toEqual({
      ce_specversion: '1.0',
      ce_id: expect.stringMatching(/^[\da-f-]{36}$/),
      ce_source: 'urn:semel:inventory',
      ce_type: STOCK_RESERVED,
      ce_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      'content-type': expect.stringMatching(/^application\/json/),
      traceparent,
    });
    const { json: reservation } = await inventory.ask('GET', `/reservations/${orderId}`);
    expect(reservation).toEqual({ orderId, status: 'reserved', lines: [{ sku, quantity: 2 }] });
    expect((await inventory.ask('GET', `/stock/${sku}`)).json).toEqual({ sku, available: 3, reserved: 2 });
  });

  it('rejects what there is too little of, and what does not exist', async () => {
    const [sku, poor, confused] = [await inventory.database.shelf(1), randomUUID(), randomUUID()];
    await inventory.send(placed(poor, { [sku]: 2 }), placed(confused, { [sku]: 2, ghost: 1 }));
    const [short] = await inventory.answers.untilKey(poor);
    const [unknown] = await inventory.answers.untilKey(confused);
    expect(json(short!)).toEqual({ orderId: poor, code: 'insufficient-stock', sku });
    expect(json(unknown!)).toEqual({ orderId: confused, code: 'unknown-sku', sku: 'ghost' });
    expect(typesOf([short!, unknown!])).toEqual([STOCK_REJECTED, STOCK_REJECTED]);
  });

  it('releases what a cancelled order held', async () => {
    const [sku, orderId] = [await inventory.database.shelf(5), randomUUID()];
    await inventory.send(placed(orderId, { [sku]: 2 }), cancelled(orderId));
    const answers = await inventory.answers.untilKey(orderId, 2);
    expect(typesOf(answers)).toEqual([STOCK_RESERVED, STOCK_RELEASED]);
    expect(json(answers[1]!)).toEqual({ orderId, lines: [{ sku, quantity: 2 }] });
    expect(await inventory.database.stock(sku)).toEqual([5, 0]);
  });

  it.each([
    ['in one batch', true],
    ['in two batches', false],
  ])('makes a purchase a no-op whose cancellation came first, %s', async (_, together) => {
    const [sku, orderId] = [await inventory.database.shelf(5), randomUUID()];
    const [first, then] = [
      { ...cancelled(orderId), partition: 3 },
      { ...placed(orderId, { [sku]: 2 }), partition: 3 },
    ];
    if (together) await inventory.send(first, then);
    else {
      await inventory.send(first);
      await settled([3]);
      await inventory.send(then);
    }
    await settled([3]);
    expect(inventory.answers.of(orderId)).toEqual([]);
    expect(await inventory.database.stock(sku)).toEqual([5, 0]);
    const { json: reservation } = await inventory.ask('GET', `/reservations/${orderId}`, { as: 'alice' });
    expect(reservation).toEqual({ orderId, status: 'released', lines: [] });
  });

  it('takes duplicates within a batch, across batches and across partitions once', async () => {
    const [sku, orderId] = [await inventory.database.shelf(5), randomUUID()];
    const purchase = { ...placed(orderId, { [sku]: 2 }), partition: 0 };
    await inventory.send(purchase, purchase, purchase);
    await inventory.answers.untilKey(orderId);
    await inventory.send(purchase);
    await Promise.all([1, 5, 11].map((partition) => inventory.send({ ...purchase, partition })));
    await settled();
    expect(typesOf(inventory.answers.of(orderId))).toEqual([STOCK_RESERVED]);
    expect(await inventory.database.stock(sku)).toEqual([3, 2]);
    expect(inventory.parked.of(orderId)).toEqual([]);
  });

  it('knows a duplicate by its value, whatever the order of its members, white space and headers', async () => {
    const [sku, orderId] = [await inventory.database.shelf(5), randomUUID()];
    const { type, value } = placed(orderId, { [sku]: 2 });
    await inventory.send({ ...placed(orderId, { [sku]: 2 }), partition: 2 });
    const reversed = Object.fromEntries(Object.entries(value).reverse());
    const headers = { ce_type: type, ce_id: randomUUID(), 'x-made-by': 'hand' };
    await inventory.sendRaw({
      key: orderId,
      value: JSON.stringify(reversed, null, 2),
      headers,
      partition: 2,
    });
    await settled([2]);
    expect(inventory.parked.of(orderId)).toEqual([]);
    expect(await inventory.database.stock(sku)).toEqual([3, 2]);
  });

  it('sells one unit once to 500 buyers', async () => {
    const sku = await inventory.database.shelf(1);
    const buyers = Array.from({ length: 500 }, () => placed(randomUUID(), { [sku]: 1 }));
    await inventory.send(...buyers);
    const keys = new Set(buyers.map(({ key }) => key));
    const answers = await inventory.answers.until(500, ({ key }) => keys.has(String(key)));
    expect(typesOf(answers).filter((type) => type === STOCK_RESERVED)).toHaveLength(1);
    expect(await inventory.database.stock(sku)).toEqual([0, 1]);
  });

  describe('puts aside, untouched, and goes on behind it', () => {
    const type = 'semel.purchase.placed.v1';
    const good = (orderId: string) => placed(orderId, { any: 1 }).value;
    const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
    const id = () => randomUUID();
    const without = (value: object, member: string) =>
      Object.fromEntries(Object.entries(value).filter(([name]) => name !== member));
    const line = (sku: string, quantity: unknown) => ({ sku, quantity });

    it.each<
      [string, (orderId: string) => { key?: Buffer | null; value: Buffer | null; type?: string | null }]
    >([
      ['key-missing', (orderId) => ({ key: null, value: bytes(good(orderId)) })],
      ['key-missing', (orderId) => ({ key: Buffer.alloc(0), value: bytes(good(orderId)) })],
      ['malformed', () => ({ value: Buffer.from('{"orderId":') })],
      ['malformed', () => ({ value: Buffer.from([0x22, 0xff, 0x22]) })],
      ['malformed', () => ({ value: Buffer.alloc(0) })],
      ['malformed', () => ({ value: null })],
      ['unknown-type', (orderId) => ({ value: bytes(good(orderId)), type: 'semel.purchase.placed.v2' })],
      ['unknown-type', (orderId) => ({ value: bytes(good(orderId)), type: 'constructor' })],
      ['unknown-type', (orderId) => ({ value: bytes(good(orderId)), type: null })],
      ['schema-violation', (orderId) => ({ value: bytes(without(good(orderId), 'customerId')) })],
      ['schema-violation', (orderId) => ({ value: bytes(without(good(orderId), 'placedAt')) })],
      ['schema-violation', (orderId) => ({ value: bytes({ ...good(orderId), lines: [] }) })],
      ['schema-violation', (orderId) => ({ value: bytes({ ...good(orderId), lines: [line('A', 0)] }) })],
      ['schema-violation', (orderId) => ({ value: bytes({ ...good(orderId), lines: [line('A', 1_001)] }) })],
      ['schema-violation', (orderId) => ({ value: bytes({ ...good(orderId), lines: [line('A', '1')] }) })],
      ['schema-violation', (orderId) => ({ value: bytes({ ...good(orderId), lines: [line('A', 1.5)] }) })],
      ['schema-violation', (orderId) => ({ value: bytes({ ...good(orderId), lines: [line('a b', 1)] }) })],
      [
        'schema-violation',
        (orderId) => ({ value: bytes({ ...good(orderId), lines: [line('A', 1), line('A', 1)] }) }),
      ],
      [
        'schema-violation',
        (orderId) => ({
          value: bytes({ ...good(orderId), lines: Array.from({ length: 101 }, (_, n) => line(`S${n}`, 1)) }),
        }),
      ],
      ['schema-violation', () => ({ value: bytes(good(id())) })],
      ['schema-violation', () => ({ value: bytes([]) })],
      ['schema-violation', () => ({ value: bytes(null) })],
      ['schema-violation', (orderId) => ({ value: bytes({ orderId }), type: 'semel.purchase.cancelled.v1' })],
    ])('%s (%#)', async (reason, make) => {
      const [sku, orderId, behind, mark] = [await inventory.database.shelf(1), id(), id(), id()];
      const { key = Buffer.from(orderId), value, type: given = type } = make(orderId);
      const headers = { ...(given !== null && { ce_type: given }), 'x-mark': mark };
      await inventory.sendRaw({ key, value, headers, partition: 7 });
      await inventory.send({ ...placed(behind, { [sku]: 1 }), partition: 7 });
      const [parked] = await inventory.parked.until(1, (message) => message.headers['x-mark'] === mark);
      expect(parked).toEqual({
        key,
        value,
        headers: {
          ...headers,
          'semel-reason': reason,
          'semel-error': expect.stringMatching(/./),
          'semel-topic': inventory.topic,
          'semel-partition': '7',
          'semel-offset': expect.stringMatching(/^\d+$/),
        },
      });
      expect(typesOf(await inventory.answers.untilKey(behind))).toEqual([STOCK_RESERVED]);
      expect(inventory.answers.of(orderId)).toEqual([]);
    });

    it.each([
      ['in the same batch', true],
      ['in a later batch', false],
    ])('idempotency-key-reused, %s', async (_, together) => {
      const [sku, orderId, mark] = [await inventory.database.shelf(9), id(), id()];
      const first = { ...placed(orderId, { [sku]: 1 }), partition: 7 };
      const value = bytes(placed(orderId, { [sku]: 2 }).value);
      const headers = { ce_type: type, 'x-mark': mark };
      const other = { key: orderId, value, headers, partition: 7 };
      if (together) {
        const same = { ...other, value: bytes(first.value), headers: { ce_type: type } };
        await inventory.sendRaw(same, other);
      } else {
        await inventory.send(first);
        await inventory.answers.untilKey(orderId);
        await inventory.sendRaw(other);
      }
      const [parked] = await inventory.parked.until(1, (message) => message.headers['x-mark'] === mark);
      expect(parked).toMatchObject({ key: Buffer.from(orderId), value });
      expect(parked!.headers['semel-reason']).toBe('idempotency-key-reused');
      await settled([7]);
      expect(typesOf(inventory.answers.of(orderId))).toEqual([STOCK_RESERVED]);
      expect(await inventory.database.stock(sku)).toEqual([8, 1]);
    });
  });

  it('keeps members of a later version out of its way', async () => {
    const [sku, orderId] = [await inventory.database.shelf(5), randomUUID()];
    const { type, value } = placed(orderId, { [sku]: 1 });
    const lines = value.lines.map((line) => ({ ...line, giftWrap: true }));
    await inventory.sendRaw({
      key: orderId,
      value: JSON.stringify({ ...value, lines, channel: 'web' }),
      headers: { ce_type: type },
    });
    const [answer] = await inventory.answers.untilKey(orderId);
    expect(json(answer!)).toEqual({ orderId, lines: [{ sku, quantity: 1 }] });
  });

  it('outlives lost database connections: nothing is lost, nothing is put aside', async () => {
    const [sku, orderId] = [await inventory.database.shelf(5), randomUUID()];
    const other = inventory.database.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query('LOCK TABLE stock IN ACCESS EXCLUSIVE MODE');
    try {
      await inventory.send(placed(orderId, { [sku]: 2 }));
      // The consumer's transaction waits for the table: its connection is cut there, twice.
      for (let cuts = 0; cuts < 2; ) {
        const cut = await inventory.database.rows(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FROM stock%'`,
        );
        cuts += cut.length;
      }
    } finally {
      await other.commitTransaction();
      await other.release();
    }
    expect(typesOf(await inventory.answers.untilKey(orderId))).toEqual([STOCK_RESERVED]);
    expect(inventory.parked.of(orderId)).toEqual([]);
    expect(await inventory.database.stock(sku)).toEqual([3, 2]);
  });
});
