/** One message of a topic, read strictly: nothing in it was guessed. */
export interface ReceivedMessage {
  readonly topic: string;
  readonly partition: number;
  /** A 64-bit number in decimal digits: it does not fit a JavaScript number. */
  readonly offset: string;
  /** The message key, 1 to 255 bytes of UTF-8 without NUL, as it was sent. */
  readonly key: string;
  /** The header `ce_type` (CloudEvents 1.0, Kafka protocol binding, binary mode). */
  readonly type: string;
  /** What the handler's decoder made of the parsed JSON; the parsed JSON itself where there is no decoder. */
  readonly value: unknown;
  /** The bytes of the value as they were sent: numbers beyond 2^53 are intact here. */
  readonly raw: Buffer;
  /** Of a header that was sent several times, the last one. */
  readonly headers: Readonly<Record<string, Buffer>>;
  /** The header `traceparent` (W3C Trace Context), unchecked. */
  readonly traceparent?: string;
  /** Milliseconds since the epoch, as set by the producer or, by the topic's configuration, the broker. */
  readonly timestamp: number;
}

/** What became of one message in one handler. */
export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly error: Error }
  | { readonly kind: 'park'; readonly reason: string; readonly error: Error };

/** What a decoder is given: the parsed JSON is `value`. */
export interface UndecodedMessage {
  readonly key: string;
  readonly type: string;
  readonly value: unknown;
  readonly headers: Readonly<Record<string, Buffer>>;
}

/**
 * Checks a message against the schema of its type, without side effects. `park` is the reason for the parking lot:
 * `unknown-type`, `schema-violation` or a word of the application; `error` is one sentence for people.
 * A type that is unknown to one handler of a topic and known to another is skipped by the first, not parked.
 */
export type MessageDecoder = (
  message: UndecodedMessage,
) => { readonly value: unknown } | { readonly park: string; readonly error: string };

/** Why the transport itself parks a message; handlers and decoders add their own words. */
export const parkingReasons = {
  keyMissing: 'key-missing',
  malformed: 'malformed',
  unknownType: 'unknown-type',
  schemaViolation: 'schema-violation',
  failed: 'failed',
  /** An earlier message of its key waits in the parking lot (where keys are parked whole). */
  keyParked: 'key-parked',
  /** Older than processed messages are remembered: nobody knows any more whether it was processed. */
  expired: 'expired',
} as const;
