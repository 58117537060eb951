import { randomUUID } from 'node:crypto';
import type { Message } from 'kafkajs';

/** An event that its consumer takes, for an order. */
export interface Event {
  readonly type: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** What nobody should send, and what has to become of it: a reason of the parking lot, or `taken` as if it were good. */
export interface HostileMessage {
  readonly name: string;
  readonly end: string;
  readonly orderId: string;
  readonly message: Message;
}

const days = 86_400_000;

/**
 * @param orders ids of orders that the messages may be about, one each
 * @param event the good event of an order: what is hostile is made of it
 */
export function hostileMessages(
  orders: Iterator<string>,
  event: (orderId: string) => Event,
): HostileMessage[] {
  const all: HostileMessage[] = [];
  /** @param change what differs from the good message; `text` is its value, `headers` are added to or, as undefined, taken away */
  const add = (
    name: string,
    end: string,
    change: (good: { text: string; value: Event['value']; orderId: string }) => Partial<Message> = () => ({}),
  ) => {
    const orderId = end === 'taken' ? String(orders.next().value) : randomUUID();
    const { type, value } = event(orderId);
    const text = JSON.stringify(value);
    const { headers, ...changed } = change({ text, value, orderId });
    const named = { ce_type: type, 'x-case': name, ...headers };
    const sent = Object.fromEntries(Object.entries(named).filter(([, one]) => one !== undefined));
    all.push({ name, end, orderId, message: { key: orderId, value: text, ...changed, headers: sent } });
  };
  const valued = (name: string, end: string, value: Message['value']) => add(name, end, () => ({ value }));
  const keyed = (name: string, end: string, key: Message['key']) =>
    add(name, end, () => ({ key: key ?? null }));
  const headed = (name: string, end: string, headers: Message['headers']) =>
    add(name, end, () => ({ headers: headers ?? {} }));
  const having = (name: string, end: string, members: Record<string, unknown>) =>
    add(name, end, ({ value }) => ({ value: JSON.stringify({ ...value, ...members }) }));
  /** Members that JSON.stringify would not write as they are meant. */
  const written = (name: string, end: string, members: string) =>
    add(name, end, ({ text }) => ({ value: `${text.slice(0, -1)},${members}}` }));

  valued('a tombstone', 'malformed', null);
  valued('nothing', 'malformed', Buffer.alloc(0));
  add('no JSON, with headers of bytes and twice', 'malformed', () => ({
    value: 'purchase=1',
    headers: { bytes: Buffer.from([0xff, 0x00]), twice: ['1', Buffer.from([0xfe])], empty: '' },
  }));
  add('half of it', 'malformed', ({ text }) => ({ value: text.slice(0, -5) }));
  add('it twice', 'malformed', ({ text }) => ({ value: text + text }));
  add('a byte order mark', 'malformed', ({ text }) => ({ value: `\ufeff${text}` }));
  add('no UTF-8', 'malformed', ({ text }) => ({
    value: Buffer.concat([Buffer.from(`${text.slice(0, -1)},"x":"`), Buffer.from([0xff]), Buffer.from('"}')]),
  }));
  add('UTF-16', 'malformed', ({ text }) => ({ value: Buffer.from(text, 'utf16le') }));
  written('a bare NUL', 'malformed', '"x":"\0"');
  written('NaN', 'malformed', '"x":NaN');
  valued('a megabyte of nonsense', 'malformed', Buffer.alloc(1_000_000, '['));
  valued('null', 'schema-violation', 'null');
  valued('a list', 'schema-violation', '[]');
  valued('a number', 'schema-violation', '9007199254740993');
  valued('100,000 lists in each other', 'schema-violation', '['.repeat(100_000) + ']'.repeat(100_000));
  having('an id that is a number', 'schema-violation', { orderId: 7 });
  having('an id that is __proto__', 'schema-violation', { orderId: '__proto__' });
  having('lines that are an object', 'schema-violation', { lines: { length: 1 } });
  having('a quantity beyond 2^53', 'schema-violation', { lines: [{ sku: 'HOSTILE', quantity: 2 ** 53 }] });
  having('a quantity of text', 'schema-violation', { lines: [{ sku: 'HOSTILE', quantity: '1' }] });
  written(
    'lines only in the prototype',
    'schema-violation',
    '"lines":null,"__proto__":{"lines":[{"sku":"HOSTILE","quantity":1}]}',
  );
  keyed('no key', 'key-missing', null);
  keyed('an empty key', 'key-missing', Buffer.alloc(0));
  keyed('a blank key', 'schema-violation', ' ');
  keyed('a key of 256 bytes', 'malformed', 'k'.repeat(256));
  keyed('a key with NUL', 'malformed', 'a\0b');
  keyed('a key that is no UTF-8', 'malformed', Buffer.from([0xc3, 0x28]));
  keyed('a key that is JSON', 'schema-violation', '{"orderId":1}');
  headed('no type', 'unknown-type', { ce_type: undefined });
  headed('an empty type', 'unknown-type', { ce_type: '' });
  headed('another version', 'unknown-type', { ce_type: 'semel.purchase.placed.v99' });
  headed('a type called __proto__', 'unknown-type', { ce_type: '__proto__' });
  headed('a type that is no text', 'unknown-type', { ce_type: Buffer.from([0xff, 0x00]) });
  add('a month ago', 'expired', () => ({ timestamp: String(Date.now() - 31 * days) }));

  written('a member twice: the last one counts', 'taken', '"x":1,"x":2');
  written('numbers beyond 2^53', 'taken', '"x":12345678901234567890,"y":1e999,"z":-0');
  written('half of a surrogate pair', 'taken', '"x":"\\ud800","\\udfff":1');
  written('an escaped NUL', 'taken', '"x":"\\u0000","\\u0000":1');
  written(
    'members of the prototype',
    'taken',
    '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toJSON":1',
  );
  written('10,000 objects in each other', 'taken', `"x":${'{"x":'.repeat(10_000)}1${'}'.repeat(10_000)}`);
  written('900,000 bytes of a member that nobody knows', 'taken', `"x":"${'x'.repeat(900_000)}"`);
  headed('headers of bytes, of nothing, twice, and like a prototype’s', 'taken', {
    bytes: Buffer.from([0xff, 0x00]),
    empty: '',
    twice: ['1', '2'],
    constructor: 'x',
    traceparent: 'no trace',
    'semel-reason': 'malformed',
    'semel-replay-of': 'nowhere',
  });
  headed(
    '1,000 headers',
    'taken',
    Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`h${n}`, 'x'])),
  );
  // Brokers refuse what is of more than an hour from now (message.timestamp.after.max.ms).
  add('of the next hour', 'taken', () => ({ timestamp: String(Date.now() + 50 * 60_000) }));
  return all;
}
