import type { StockRejected, StockReleased, StockReserved } from '@semel/contracts';
import { isTransient, type Operation, type Outcome } from '@semel/idempotency';
import { newOrderId } from '../order/order-id.js';
import { OrderDatabase } from '../testing/order-database.spec.js';
import { ApplyReservations, type ReceivedReservation } from './apply-reservations.js';

const lines = [{ sku: 'TEA-SENCHA-100', quantity: 2 }];
const lacking = { code: 'insufficient-stock', sku: 'TEA-SENCHA-100' } as const;

describe('applying a batch of reservation events', () => {
  let shop: OrderDatabase;
  let apply: ApplyReservations;
  beforeEach(async () => {
    shop = await OrderDatabase.create();
    apply = new ApplyReservations(shop.watch, shop.log);
  });
  afterEach(() => shop.drop());

  const reserved = (orderId: string): ReceivedReservation =>
    received('semel.stock.reserved.v1', { orderId, lines });
  const released = (orderId: string): ReceivedReservation =>
    received('semel.stock.released.v1', { orderId, lines });
  const rejected = (orderId: string): ReceivedReservation =>
    received('semel.stock.rejected.v1', { orderId, ...lacking });

  /** As the message door does it: identity is consumer, type and key; events of a key exclude each other. */
  const consume = (...events: ReceivedReservation[]): Promise<Outcome[]> =>
    shop.engine.execute(
      events.map((input): Operation<ReceivedReservation> => {
        const { key, type } = input;
        const fingerprint = input.raw.toString();
        return { scope: `consumer:test/${type}`, key, fingerprint, exclusion: `consumer:test/${key}`, input };
      }),
      async (granted, transaction) =>
        (await apply.execute(granted, transaction)).map((result) =>
          result instanceof Error ? result : { status: result.status },
        ),
    );

  it('confirms what was reserved, rejects what was not, in one batch', async () => {
    const [first, second, third] = [await shop.place(), await shop.place(), await shop.place()];
    const outcomes = await consume(reserved(first), rejected(second), reserved(third));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['executed', 'executed', 'executed']);
    const rows = await shop.rows(
      'SELECT status, version, rejection_code, rejection_sku FROM orders ORDER BY placed_at',
    );
    const confirmed = { status: 'confirmed', version: 2, rejection_code: null, rejection_sku: null };
    expect(rows).toEqual([
      confirmed,
      { status: 'rejected', version: 2, rejection_code: lacking.code, rejection_sku: lacking.sku },
      confirmed,
    ]);
  });

  it('parks the event of an order that was never taken, and applies the others of the batch', async () => {
    const id = await shop.place();
    const outcomes = await consume(reserved(newOrderId()), reserved('no-uuid'), reserved(id));
    expect(outcomes.map(failure)).toEqual(['unknown-order', 'unknown-order', undefined]);
    expect(await shop.status(id)).toBe('confirmed');
    const keys = await shop.rows<{ key: string }>(
      `SELECT key FROM idempotency_key WHERE scope LIKE 'consumer:%'`,
    );
    expect(keys).toEqual([{ key: id }]);
  });

  it('leaves a cancelled order cancelled, however late its reservation comes', async () => {
    const id = await shop.place();
    await shop.rows(`UPDATE orders SET status = 'cancelled', version = 2`);
    const outcomes = await consume(reserved(id), released(id));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['executed', 'executed']);
    expect(await shop.rows('SELECT status, version FROM orders')).toEqual([
      { status: 'cancelled', version: 2 },
    ]);
  });

  it('applies several events of one order in their order', async () => {
    const id = await shop.place();
    await consume(rejected(id), reserved(id));
    expect(await shop.rows('SELECT status, version FROM orders')).toEqual([
      { status: 'rejected', version: 2 },
    ]);
  });

  it('changes nothing for an event that was seen before', async () => {
    const id = await shop.place();
    await consume(reserved(id));
    const [again] = await consume(reserved(id));
    expect(again!.kind).toBe('replayed');
    expect(await shop.rows('SELECT status, version FROM orders')).toEqual([
      { status: 'confirmed', version: 2 },
    ]);
  });

  it('reports a lock that is not had as passing, so that the batch is tried again and not parked', async () => {
    const id = await shop.place();
    const other = shop.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query('SELECT FROM orders WHERE id = $1 FOR UPDATE', [id]);
    const consuming = consume(reserved(id));
    await shop.untilSomebodyWaits();
    await other.query(
      `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    const [outcome] = await consuming;
    expect(outcome).toMatchObject({ kind: 'failed' });
    expect(isTransient(outcome!.kind === 'failed' && outcome!.error)).toBe(true);
    await other.commitTransaction();
    await other.release();
    expect((await consume(reserved(id)))[0]!.kind).toBe('executed');
    expect(await shop.status(id)).toBe('confirmed');
  });
});

type Values = {
  'semel.stock.reserved.v1': StockReserved;
  'semel.stock.released.v1': StockReleased;
  'semel.stock.rejected.v1': StockRejected;
};

function received<Type extends keyof Values>(type: Type, value: Values[Type]) {
  return { key: value.orderId, type, value, raw: Buffer.from(JSON.stringify(value)) };
}

function failure(outcome: Outcome): unknown {
  return outcome.kind === 'failed' && 'code' in outcome.error ? outcome.error.code : undefined;
}
