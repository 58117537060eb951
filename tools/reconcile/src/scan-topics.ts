import {
  type Decoded,
  decodePurchase,
  decodeReservation,
  PURCHASE_CANCELLED,
  PURCHASES,
  RESERVATIONS,
  STOCK_REJECTED,
  STOCK_RELEASED,
  STOCK_RESERVED,
} from '@semel/contracts';
import type { KafkaMessage } from 'kafkajs';
import { CannotTellError } from './cannot-tell.js';
import { type Read, readTopic } from './kafka/read-topic.js';
import { digestOf, headerOf, readParked } from './parked.js';
import { readStatuses } from './sql/read-orders.js';
import { readReservations } from './sql/read-reservations.js';
import type { Surroundings } from './surroundings.js';

/** A message that doesn't fit. It is explained if it was parked. */
interface Misfit {
  readonly kind: string;
  readonly subject: string;
  readonly detail: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Nobody could have written it: not even waiting for its consumer explains it. */
  readonly isForged: boolean;
}

/** More are a broken producer, not a list for people. */
const most = 100_000;

/** Every message of both topics, against the tables that it tells of: they were committed before it was sent, and are read after it. */
export async function scanTopics(surroundings: Surroundings): Promise<void> {
  await scan(surroundings, { topic: PURCHASES, group: 'inventory', fits: fitsOrders });
  await scan(surroundings, { topic: RESERVATIONS, group: 'order', fits: fitsReservations });
}

interface Readable extends Read {
  readonly key: string;
  readonly type: string;
}

interface TopicScan {
  readonly topic: typeof PURCHASES | typeof RESERVATIONS;
  readonly group: string;
  /** @returns for each message what doesn't fit, or undefined */
  readonly fits: (
    surroundings: Surroundings,
    messages: readonly Readable[],
  ) => Promise<(readonly [kind: string, detail: string] | undefined)[]>;
}

async function scan(surroundings: Surroundings, { topic, group, fits }: TopicScan): Promise<void> {
  const { cluster, report } = surroundings;
  const decode: (message: { key: string; type: string; value: unknown }) => Decoded<unknown> =
    topic === PURCHASES ? decodePurchase : decodeReservation;
  const misfits = new Map<string, Misfit>();
  const add = ({ message, partition }: Read, misfit: Pick<Misfit, 'kind' | 'detail' | 'isForged'>) => {
    if (misfits.size >= most) {
      throw new CannotTellError(`Over ${most} messages of ${topic} fit nothing: its producer is broken.`);
    }
    const subject = message.key?.toString() ?? '(no key)';
    misfits.set(digestOf(message), { ...misfit, subject, partition, offset: BigInt(message.offset) });
  };
  const count = await readTopic(cluster, topic, async (messages) => {
    const readable: Readable[] = [];
    for (const one of messages) {
      const reading = read(one.message, decode);
      if ('error' in reading) add(one, { kind: 'unreadable-event', detail: reading.error, isForged: false });
      else readable.push({ ...one, ...reading });
    }
    const verdicts = await fits(surroundings, readable);
    for (const [index, one] of readable.entries()) {
      const verdict = verdicts[index];
      if (verdict) add(one, { kind: verdict[0], detail: verdict[1], isForged: true });
    }
  });
  report.count(`messages of ${topic}`, count);
  // Read before the parking lot: what a consumer has passed over is parked before it says so.
  const consumed = await cluster.consumed(group, topic);
  await readParked(cluster, topic, ({ digest, reason, key }) => {
    report.explain(`parked by ${group}: ${reason}`, key === '' ? '(no key)' : key);
    misfits.delete(digest);
  });
  for (const { kind, subject, detail, partition, offset, isForged } of misfits.values()) {
    const at = `${topic}[${partition}] offset ${offset}`;
    if (isForged || offset < (consumed.get(partition) ?? 0n))
      report.disagree(kind, subject, `${at}: ${detail}`);
    else report.explain(`unreadable, and ${group} has not come to it yet`, `${subject}: ${at}`);
  }
}

function read(
  message: KafkaMessage,
  decode: (message: { key: string; type: string; value: unknown }) => Decoded<unknown>,
): { key: string; type: string } | { error: string } {
  const key = message.key?.toString() ?? '';
  const type = headerOf(message, 'ce_type');
  if (key === '') return { error: 'it has no key, and is not in the parking lot.' };
  try {
    const decoded = decode({ key, type, value: JSON.parse(message.value?.toString() ?? '') });
    return 'park' in decoded ? { error: `${decoded.error}; it is not in the parking lot.` } : { key, type };
  } catch {
    // What JSON.parse says of it is of no use to anybody; where it is, is.
    return { error: 'its value is not JSON, and it is not in the parking lot.' };
  }
}

const fitsOrders: TopicScan['fits'] = async ({ order }, messages) => {
  const keys = [...new Set(messages.map(({ key }) => key))];
  const statuses = new Map((await order.query(readStatuses(keys))).map(({ id, status }) => [id, status]));
  return messages.map(({ key, type }) => {
    const status = statuses.get(key);
    if (status === undefined)
      return ['event-without-order', `${type} of an order that Order has never taken.`];
    if (type === PURCHASE_CANCELLED && status !== 'cancelled')
      return ['event-disagrees', `${type}, but the order is ${status}.`];
    return undefined;
  });
};

const told: Readonly<Record<string, readonly string[]>> = {
  [STOCK_RESERVED]: ['reserved', 'released'],
  [STOCK_REJECTED]: ['rejected'],
  [STOCK_RELEASED]: ['released'],
};

const fitsReservations: TopicScan['fits'] = async ({ inventory }, messages) => {
  const keys = [...new Set(messages.map(({ key }) => key))];
  const kept = new Map((await inventory.query(readReservations(keys))).map((one) => [one.id, one]));
  return messages.map(({ key, type }) => {
    const reservation = kept.get(key);
    if (reservation === undefined)
      return ['event-without-reservation', `${type} of an order that Inventory keeps nothing of.`];
    const agrees = told[type]?.includes(reservation.status) && reservation.lines !== '';
    return agrees
      ? undefined
      : [
          'event-disagrees',
          `${type}, but the reservation is ${reservation.status}${reservation.lines === '' ? ' without lines' : ''}.`,
        ];
  });
};
