import { z } from 'zod';
import { OrderId } from './order-id.js';
import { PURCHASE_CANCELLED, PURCHASE_PLACED, PurchaseCancelled, PurchasePlaced } from './purchase-events.js';
import {
  STOCK_REJECTED,
  STOCK_RELEASED,
  STOCK_RESERVED,
  StockRejected,
  StockReleased,
  StockReserved,
} from './reservation-events.js';
import { deadLettersOf, PARTITIONS, PURCHASES, RESERVATIONS } from './topics.js';

type Json = Readonly<Record<string, unknown>>;

interface EventKind {
  readonly type: string;
  readonly topic: string;
  readonly payload: z.ZodType;
  readonly summary: string;
}

const events: readonly EventKind[] = [
  {
    type: PURCHASE_PLACED,
    topic: PURCHASES,
    payload: PurchasePlaced,
    summary: 'An order was taken and asks for its stock.',
  },
  {
    type: PURCHASE_CANCELLED,
    topic: PURCHASES,
    payload: PurchaseCancelled,
    summary:
      'An order was cancelled: its stock is released, or never reserved where this comes before the purchase.',
  },
  {
    type: STOCK_RESERVED,
    topic: RESERVATIONS,
    payload: StockReserved,
    summary: 'All lines of an order are held for it.',
  },
  {
    type: STOCK_REJECTED,
    topic: RESERVATIONS,
    payload: StockRejected,
    summary: 'Nothing is held: `sku` is the first line that could not be had.',
  },
  {
    type: STOCK_RELEASED,
    topic: RESERVATIONS,
    payload: StockReleased,
    summary: 'What was held for a cancelled order is available again.',
  },
];

const bindingVersion = '0.5.0';

/** The AsyncAPI 3.0 document of both topics and their parking lots, made of the schemas that messages are decoded with. */
export function asyncApiDocument(): Json {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Semel',
      version: '0.1.0',
      description:
        'What Order and Inventory tell each other. CloudEvents 1.0 in binary mode on Kafka; the message key is the order’s id. A message is identified by consumer, type and key: one that was seen before changes nothing. Members that a consumer does not know are let through, a type that it does not know is parked. In `lines` a SKU is named at most once.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      [PURCHASES, RESERVATIONS].flatMap((topic) => [
        [topic, channel(topic, typesOf(topic))],
        [deadLettersOf(topic), channel(deadLettersOf(topic), ['parked'])],
      ]),
    ),
    operations: {
      ...operations('order', PURCHASES, 'inventory'),
      ...operations('inventory', RESERVATIONS, 'order'),
    },
    components: {
      messages: {
        ...Object.fromEntries(events.map((event) => [event.type, message(event)])),
        parked,
      },
    },
  };
}

const typesOf = (topic: string): string[] =>
  events.filter((event) => event.topic === topic).map(({ type }) => type);

function channel(topic: string, messages: readonly string[]): Json {
  return {
    address: topic,
    messages: Object.fromEntries(messages.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: {
      kafka: { topic, ...(messages.includes('parked') ? {} : { partitions: PARTITIONS }), bindingVersion },
    },
  };
}

function operations(sender: string, topic: string, receiver: string): Json {
  const about = {
    channel: { $ref: `#/channels/${topic}` },
    messages: typesOf(topic).map((type) => ({ $ref: `#/channels/${topic}/messages/${type}` })),
  };
  const lot = deadLettersOf(topic);
  return {
    [`${sender}.send.${topic}`]: { action: 'send', ...about },
    [`${receiver}.receive.${topic}`]: {
      action: 'receive',
      ...about,
      bindings: { kafka: { groupId: { const: receiver }, bindingVersion } },
    },
    [`${receiver}.park.${topic}`]: {
      action: 'send',
      channel: { $ref: `#/channels/${lot}` },
      messages: [{ $ref: `#/channels/${lot}/messages/parked` }],
    },
  };
}

function message({ type, summary, payload }: EventKind): Json {
  return {
    name: type,
    summary,
    contentType: 'application/json',
    correlationId: { location: '$message.header#/traceparent' },
    headers: cloudEventHeaders(type),
    payload: schemaOf(payload),
    bindings: { kafka: { key: schemaOf(OrderId), bindingVersion } },
  };
}

/** A receiver needs `ce_type` alone; a sender of ours writes them all. */
function cloudEventHeaders(type: string): Json {
  return {
    type: 'object',
    required: ['ce_type'],
    properties: {
      ce_specversion: { const: '1.0' },
      ce_id: { type: 'string', format: 'uuid' },
      ce_source: { type: 'string', format: 'uri-reference' },
      ce_type: { const: type },
      ce_time: { type: 'string', format: 'date-time' },
      'content-type': { const: 'application/json' },
      traceparent: {
        type: 'string',
        pattern: '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$',
        description: 'W3C Trace Context of the request that led here.',
      },
    },
  };
}

const text: Json = { type: 'string' };

const parked: Json = {
  name: 'parked',
  summary: 'A message that could not be processed: key, value and headers as they were sent, and why.',
  headers: {
    type: 'object',
    required: ['semel-reason', 'semel-error', 'semel-topic', 'semel-partition', 'semel-offset'],
    properties: {
      'semel-reason': {
        ...text,
        description: 'A word for programs: see the table of reasons in docs/api.md.',
      },
      'semel-error': { ...text, description: 'A sentence for people.' },
      'semel-topic': text,
      'semel-partition': { ...text, pattern: '^\\d+$' },
      'semel-offset': { ...text, pattern: '^\\d+$' },
    },
  },
  payload: { description: 'Whatever bytes were sent.' },
};

/** AsyncAPI's own schema format is JSON Schema draft 7. What was refined in code (a SKU once, no U+0000) can't be said in it. */
function schemaOf(schema: z.ZodType): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
  });
  return json;
}
