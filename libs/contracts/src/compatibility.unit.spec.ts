import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Decoded, EncodedMessage } from './event-decoder.js';
import { decodePurchase, PURCHASE_CANCELLED, PURCHASE_PLACED } from './purchase-events.js';
import { decodeReservation, STOCK_REJECTED, STOCK_RELEASED, STOCK_RESERVED } from './reservation-events.js';

// Payloads as they were sent: a topic keeps them for days and a parking lot for longer, and partners may send them for years. A file
// is never edited and never removed; a new version of an event adds its own.
const folder = join(__dirname, '../fixtures/events');

const decoders: Readonly<Record<string, (message: EncodedMessage) => Decoded<unknown>>> = {
  [PURCHASE_PLACED]: decodePurchase,
  [PURCHASE_CANCELLED]: decodePurchase,
  [STOCK_RESERVED]: decodeReservation,
  [STOCK_REJECTED]: decodeReservation,
  [STOCK_RELEASED]: decodeReservation,
};

interface Sent {
  readonly key: string;
  readonly type: string;
  readonly value: Record<string, unknown>;
}

const files = readdirSync(folder).sort();
const sent = (file: string): Sent => JSON.parse(readFileSync(join(folder, file), 'utf8'));

it('keeps the smallest and the largest payload of each event', () => {
  expect(files).toEqual(
    expect.arrayContaining(
      Object.keys(decoders).flatMap((type) => [`${type}.largest.json`, `${type}.smallest.json`]),
    ),
  );
});

describe.each(files)('%s', (file) => {
  const message = sent(file);
  const decode = decoders[message.type]!;

  it('is taken as it was sent', () => {
    expect(decode(message)).toEqual({ value: message.value });
  });

  it('is taken with members that a later version adds, and they are left alone', () => {
    const value = { ...message.value, channel: 'web', nested: { of: [1, null] } };
    expect(decode({ ...message, value })).toEqual({ value });
  });

  it('is parked as unknown-type in a version that nobody knows', () => {
    const type = message.type.replace(/\.v\d+$/, '.v99');
    expect(decode({ ...message, type })).toMatchObject({ park: 'unknown-type' });
  });

  it.each(Object.keys(message.value))(
    'is parked without its member %s: all of them were always sent',
    (name) => {
      const { [name]: _gone, ...value } = message.value;
      expect(decode({ ...message, value })).toMatchObject({ park: 'schema-violation' });
    },
  );
});
