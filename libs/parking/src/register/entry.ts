import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { parkingLotOf, replayHeader, sentHeaders } from '@semel/kafka';
import { type StoredHeaders, storedHeaders } from '@semel/outbox';
import type { KafkaMessage } from 'kafkajs';

/** A message of a parking lot as the register keeps it. */
export interface ParkingEntry {
  /** Made of the message itself: the same parking, read or even written twice, is one entry. */
  readonly id: string;
  readonly topic: string;
  /** Where it lay in its topic; null where the parking lot does not tell. */
  readonly at: Place | null;
  /** Where it lay when it was first sent: a replay is a new record of an old message. */
  readonly origin: Place | null;
  readonly isReplay: boolean;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** As they were sent, without what the parking added. */
  readonly headers: StoredHeaders;
  readonly type: string | null;
  readonly reason: string;
  readonly error: string;
  readonly parkedAt: Date;
  readonly replayable: boolean;
}

interface Place {
  readonly partition: number;
  /** A 64-bit number in decimal digits. */
  readonly offset: string;
}

/** The headers by which a parking lot tells why and from where. */
const added = ['semel-reason', 'semel-error', 'semel-topic', 'semel-partition', 'semel-offset'] as const;

/** Reads a record of `<topic>.dlq`. One that somebody else put there, without the headers that say why, is taken too. */
export function entryOf(topic: string, lotPartition: number, record: KafkaMessage): ParkingEntry {
  const all = new Map(
    Object.entries(sentHeaders(record.headers)).map(([name, values]) => [
      name,
      values.map((one) => Buffer.from(one)),
    ]),
  );
  const told = (name: string) => all.get(name)?.at(-1);
  const at = placeOf(told('semel-partition'), told('semel-offset'));
  const replayed = /^(\d{1,10}):(\d{1,19})$/.exec(told(replayHeader)?.toString('latin1') ?? '');
  const origin = replayed ? placeOf(replayed[1], replayed[2]) : at;
  const reason = textOf(told('semel-reason')) || 'unknown';
  const headers = storedHeaders(
    Object.fromEntries([...all].filter(([name]) => !added.some((one) => one === name))),
  );
  const { key, value } = record;
  const place = at ?? { lot: parkingLotOf(topic), partition: lotPartition, offset: record.offset };
  return {
    id: idOf([JSON.stringify({ topic, ...place, reason, headers }), key, value]),
    topic,
    at,
    origin,
    isReplay: replayed !== null,
    key,
    value,
    headers,
    type: textOf(told('ce_type')),
    reason,
    error: textOf(told('semel-error')) ?? 'The parking lot does not tell.',
    parkedAt: new Date(Number(record.timestamp)),
    replayable: value !== null && value.length > 0 && isTakenByConsumers(key),
  };
}

/** What every consumer of ours refuses whatever it holds, a replay would only bring back. */
function isTakenByConsumers(key: Buffer | null): boolean {
  return key !== null && key.length > 0 && key.length <= 255 && isUtf8(key) && !key.includes(0);
}

function placeOf(partition: Buffer | string | undefined, offset: Buffer | string | undefined): Place | null {
  const [p, o] = [String(partition ?? ''), String(offset ?? '')];
  if (!/^\d{1,9}$/.test(p) || !/^\d{1,19}$/.test(o) || BigInt(o) >= 2n ** 63n) return null;
  return { partition: Number(p), offset: o };
}

/** Text that a column of text takes. */
function textOf(bytes: Buffer | undefined): string | null {
  return bytes === undefined ? null : bytes.toString('utf8').replaceAll('\0', '\u{fffd}').slice(0, 1_000);
}

/** A UUID of version 8 (RFC 9562, section 5.8): a hash, each part with its length before it. */
function idOf(parts: readonly (string | Buffer | null)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = part === null ? null : Buffer.from(part);
    hash.update(`${bytes?.length ?? 'null'}:`);
    if (bytes !== null) hash.update(bytes);
  }
  const id = hash.digest().subarray(0, 16);
  id.writeUInt8((id.readUInt8(6) & 0x0f) | 0x80, 6);
  id.writeUInt8((id.readUInt8(8) & 0x3f) | 0x80, 8);
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
