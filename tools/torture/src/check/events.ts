import {
  PURCHASE_CANCELLED,
  PURCHASE_PLACED,
  PURCHASES,
  RESERVATIONS,
  STOCK_REJECTED,
  STOCK_RELEASED,
  STOCK_RESERVED,
} from '@semel/contracts';
import { poisonHeader } from '../faults/poison.js';
import type { OutboxRow, TopicRecord } from './evidence.js';
import { groupBy } from './group-by.js';
import type { Invariant } from './invariant.js';

const consumers = { [PURCHASES]: 'inventory', [RESERVATIONS]: 'order' } as const;
const topics = [PURCHASES, RESERVATIONS] as const;

const isPoison = ({ headers }: TopicRecord): boolean => headers[poisonHeader] !== undefined;
const typeOf = ({ headers }: TopicRecord): string => headers.ce_type ?? '';

/** What became of an order is told exactly: each event that there must be, and no other; repeats are the same event. */
export const orderIffEvent: Invariant = function* ({ order, inventory, topics: logs }) {
  const wanted = new Map<string, string>();
  for (const { id, status, customerId } of order.orders) {
    wanted.set(`${PURCHASES} ${PURCHASE_PLACED} ${id}`, customerId);
    if (status === 'cancelled') wanted.set(`${PURCHASES} ${PURCHASE_CANCELLED} ${id}`, customerId);
  }
  for (const { orderId, status, lines } of inventory.reservations) {
    const type = status === 'rejected' ? STOCK_REJECTED : STOCK_RESERVED;
    const stillborn = status === 'released' && lines.length === 0;
    if (!stillborn) wanted.set(`${RESERVATIONS} ${type} ${orderId}`, '');
    if (status === 'released' && !stillborn) wanted.set(`${RESERVATIONS} ${STOCK_RELEASED} ${orderId}`, '');
  }
  const found = new Map<string, TopicRecord>();
  for (const topic of topics) {
    for (const record of logs[topic] ?? []) {
      if (isPoison(record)) continue;
      const event = `${topic} ${typeOf(record)} ${record.key}`;
      const story = record.key === null ? {} : { orderId: record.key };
      const first = found.get(event);
      if (!wanted.has(event))
        yield { ...story, sentence: `There is an event without what it tells of: ${event}.` };
      else if (first && (first.value !== record.value || first.headers.ce_id !== record.headers.ce_id))
        yield { ...story, sentence: `Two different events of one kind: ${event}.` };
      else found.set(event, first ?? record);
    }
  }
  for (const [event, customerId] of wanted) {
    const record = found.get(event);
    const orderId = event.split(' ').at(-1) ?? '';
    if (!record) yield { orderId, sentence: `An event is missing: ${event}.` };
    else if (event.includes(PURCHASE_PLACED) && !record.value?.includes(JSON.stringify(customerId)))
      yield { orderId, sentence: `The event does not tell of its customer: ${event}.` };
  }
};

/** On each topic the first occurrences of a key's events are in the order in which they were committed. */
export const orderPerKey: Invariant = function* ({ order, inventory, topics: logs }) {
  for (const [topic, outbox] of [
    [PURCHASES, order.outbox],
    [RESERVATIONS, inventory.outbox],
  ] as const) {
    const places = new Map<string, number>();
    for (const [place, record] of (logs[topic] ?? []).entries()) {
      const event = `${record.key} ${typeOf(record)}`;
      if (!isPoison(record) && !places.has(event)) places.set(event, place);
    }
    for (const [key, rows] of groupBy(outbox, (row) => row.key)) {
      const sorted = [...rows].sort((left, right) => left.id - right.id);
      const order = sorted.flatMap((row: OutboxRow) => places.get(`${key} ${row.type}`) ?? []);
      if (order.some((place, index) => index > 0 && place < (order[index - 1] ?? 0)))
        yield {
          orderId: key,
          sentence: `On ${topic} the events of ${key} are not in the order ${sorted.map(({ type }) => type).join(', ')}.`,
        };
    }
  }
};

/** No group has committed past a record that was neither processed nor parked, nor past the end. */
export const noOffsetAhead: Invariant = function* (testimony) {
  const { offsets, topics: logs } = testimony;
  for (const topic of topics) {
    const consumer = consumers[topic];
    const processed = new Set(testimony[consumer].keys.map(({ scope, key }) => `${scope} ${key}`));
    const parked = new Set(
      (logs[`${topic}.dlq`] ?? []).map(
        ({ headers }) => `${headers['semel-partition']}/${headers['semel-offset']}`,
      ),
    );
    const committed = new Map(
      offsets.filter((one) => one.topic === topic).map((one) => [one.partition, one]),
    );
    for (const { partition, committed: at, end } of committed.values())
      if (at > end)
        yield { sentence: `${consumer} has committed ${at} of ${topic}/${partition}, which ends at ${end}.` };
    for (const record of logs[topic] ?? []) {
      const { partition, offset, key } = record;
      if (offset >= (committed.get(partition)?.committed ?? 0) || parked.has(`${partition}/${offset}`))
        continue;
      if (!processed.has(`consumer:${consumer}.${topic}/${typeOf(record)} ${key}`))
        yield {
          ...(key !== null && { orderId: key }),
          sentence: `${consumer} has committed past ${topic}/${partition}@${offset} (${typeOf(record)} of ${key}), and has neither processed nor parked it.`,
        };
    }
  }
};

/** The parking lots hold the poison and nothing else, each as it was sent and for its reason; the register each once. */
export const parkingExact: Invariant = function* (testimony) {
  for (const topic of topics) {
    const { register } = testimony[consumers[topic]];
    const sent = new Map(
      (testimony.topics[topic] ?? [])
        .filter(isPoison)
        .map((record) => [`${record.partition}/${record.offset}`, record]),
    );
    const seen = new Set<string>();
    for (const record of testimony.topics[`${topic}.dlq`] ?? []) {
      const { 'semel-partition': partition, 'semel-offset': offset, 'semel-reason': reason } = record.headers;
      const place = `${partition}/${offset}`;
      const original = sent.get(place);
      seen.add(place);
      if (!original)
        yield {
          sentence: `${topic}/${place} was parked (${reason}: ${record.headers['semel-error']}), and was no poison.`,
          ...(record.key !== null && { orderId: record.key }),
        };
      else if (
        original.value !== record.value ||
        original.key !== record.key ||
        record.headers[poisonHeader] !== original.headers[poisonHeader]
      )
        yield { sentence: `${topic}/${place} was changed when it was parked.` };
      else if (reason !== original.headers[poisonHeader])
        yield {
          sentence: `${topic}/${place} was parked as ${reason} instead of ${original.headers[poisonHeader]}.`,
        };
    }
    for (const [place, record] of sent)
      if (!seen.has(place))
        yield {
          sentence: `${topic}/${place} is poison (${record.headers[poisonHeader]}) and was not parked.`,
        };
    const entries = groupBy(register, ({ partition, offset }) => `${partition}/${offset}`);
    for (const place of sent.keys()) {
      const count = entries.get(place)?.length ?? 0;
      if (count !== 1)
        yield { sentence: `The register has ${count} entries of the poison ${topic}/${place}.` };
    }
    for (const [place, [entry]] of entries)
      if (!sent.has(place))
        yield { sentence: `The register has ${topic}/${place} as ${entry?.reason}, which was no poison.` };
  }
};
