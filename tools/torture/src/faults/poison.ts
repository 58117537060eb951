import { randomUUID } from 'node:crypto';
import { PURCHASE_PLACED, PURCHASES, RESERVATIONS, STOCK_RELEASED, STOCK_RESERVED } from '@semel/contracts';
import type { Message } from 'kafkajs';
import type { Dice } from '../dice.js';

/** The header by which the checker knows a poison again. It says for which reason it is to be parked. */
export const poisonHeader = 'torture-poison';

/** An event that was published, as its outbox has it. */
export interface Published {
  readonly topic: string;
  readonly key: string;
  readonly payload: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A message that nobody can process. @param published some event of the topic, whose key can be used for something else */
export function poison(dice: Dice, topic: string, published: Published | undefined): Message {
  const orderId = randomUUID();
  const type = topic === PURCHASES ? PURCHASE_PLACED : STOCK_RESERVED;
  const lines = [{ sku: 'POISON', quantity: 7 }];
  const value =
    topic === PURCHASES
      ? { orderId, customerId: 'mallory', lines, placedAt: '2026-01-01T00:00:00.000Z' }
      : { orderId, lines };
  const of = (reason: string, key: string | null, body: unknown, ceType = type): Message => ({
    key,
    value: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { ce_type: ceType, [poisonHeader]: reason },
  });
  const ways: (() => Message)[] = [
    () => of('key-missing', null, value),
    () => of('malformed', orderId, '{"orderId": '),
    () => of('unknown-type', orderId, value, 'semel.purchase.dreamt.v1'),
    () => of('schema-violation', orderId, { ...value, lines: [] }),
    () => of('schema-violation', randomUUID(), value),
  ];
  if (topic === RESERVATIONS) {
    ways.push(() => of('unknown-order', orderId, value));
    ways.push(() => of('unknown-order', orderId, value, STOCK_RELEASED));
  }
  if (published?.headers.ce_type === type) {
    const first: object = JSON.parse(published.payload.toString('utf8'));
    ways.push(() => of('idempotency-key-reused', published.key, { ...first, lines }));
  }
  return dice.pick(ways)();
}
