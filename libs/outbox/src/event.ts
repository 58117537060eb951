import { randomUUID } from 'node:crypto';
import { context, propagation } from '@opentelemetry/api';
import { bucketOf } from './bucket.js';
import { InvalidEventError } from './errors.js';

/** An event to be published once the operation that appends it has committed. */
export interface OutgoingEvent {
  readonly topic: string;
  /** The Kafka message key, 1 to 255 bytes of UTF-8. Events of one topic and key are published in order. */
  readonly key: string;
  /** CloudEvents `type`, e.g. `semel.purchase.placed.v1`. */
  readonly type: string;
  /** Serialised as JSON here and never again. A Uint8Array is taken for JSON that is serialised already. */
  readonly data: unknown;
  /** W3C Trace Context; the active OpenTelemetry context by default. */
  readonly traceparent?: string;
  /** CloudEvents `time`; the database's clock at the append by default. */
  readonly time?: Date;
}

/** An event as its row will hold it. Only the time may still be missing: the database fills it in. */
export interface EventRow {
  readonly topic: string;
  readonly key: string;
  readonly bucket: number;
  readonly id: string;
  readonly type: string;
  readonly time: string | null;
  readonly traceparent: string | null;
  readonly payload: Buffer;
}

/** NUL, which PostgreSQL's text refuses, and halves of surrogate pairs, which UTF-8 has no bytes for. */
const unsendable = /[\0\ud800-\udfff]/u;

const traceContext = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** @throws InvalidEventError naming the member, the value and the cure */
export function eventRow(event: OutgoingEvent): EventRow {
  const topic = text('topic', event.topic, 249);
  const key = text('key', event.key, 255);
  return {
    topic,
    key,
    bucket: bucketOf(key),
    id: randomUUID(),
    type: text('type', event.type, 255),
    time: timeOf(event),
    traceparent: traceparentOf(event),
    payload: payloadOf(event),
  };
}

/** Consumers park keys that are empty, hold NUL, aren't UTF-8 or exceed 255 bytes; so they never leave from here. */
function text(member: string, value: unknown, limit: number): string {
  if (typeof value !== 'string' || value === '') {
    throw new InvalidEventError(`An event's ${member} has to be a string with at least one character.`);
  }
  if (unsendable.test(value)) {
    throw new InvalidEventError(
      `The event's ${member} ${JSON.stringify(value)} holds NUL or half a surrogate pair: use plain text.`,
    );
  }
  if (Buffer.byteLength(value) > limit) {
    throw new InvalidEventError(
      `The event's ${member} ${JSON.stringify(value.slice(0, 40))}… is over ${limit} bytes.`,
    );
  }
  return value;
}

function timeOf({ time, type }: OutgoingEvent): string | null {
  if (time === undefined) return null;
  if (Number.isNaN(time.getTime())) {
    throw new InvalidEventError(
      `The time of the ${type} event is no date: leave it out for the database's clock.`,
    );
  }
  return time.toISOString();
}

function payloadOf({ data, type }: OutgoingEvent): Buffer {
  if (data instanceof Uint8Array) return Buffer.from(data);
  let json: string | undefined;
  try {
    // A lone surrogate and NUL come out as \udXXX and \u0000: bytes that any column of bytes takes.
    json = JSON.stringify(data);
  } catch (error) {
    throw new InvalidEventError(`The data of the ${type} event can't be written as JSON: ${String(error)}`, {
      cause: error,
    });
  }
  if (json === undefined) {
    throw new InvalidEventError(
      `The ${type} event has no data that JSON can express: give an object, or null.`,
    );
  }
  return Buffer.from(json);
}

/** A malformed one is dropped: it came from outside, and a trace is no reason to fail an operation. */
function traceparentOf(event: OutgoingEvent): string | null {
  const given = event.traceparent ?? activeTraceparent();
  return given !== undefined && traceContext.test(given) ? given : null;
}

function activeTraceparent(): string | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}
