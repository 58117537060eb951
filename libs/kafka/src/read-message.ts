import type { KafkaMessage } from 'kafkajs';
import { lastOfEach } from './headers.js';
import { parkingReasons, type ReceivedMessage } from './message.js';

/** A message, or the reason why no handler can be given it. */
export type Reading =
  | { readonly kind: 'message'; readonly message: ReceivedMessage }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly error: Error; readonly key?: string };

const maxKeyBytes = 255;
// ignoreBOM: true keeps a byte order mark in the text, where JSON.parse refuses it (RFC 8259, section 8.1).
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a message as it was sent: the key is text and never parsed, the value is JSON and never anything else.
 * Everything that a database would choke on later (a key with NUL, with a broken UTF-8 sequence, of over 255 bytes) is
 * refused here.
 */
export function readMessage(topic: string, partition: number, sent: KafkaMessage): Reading {
  const { reason: keyReason, text: key, error: keyError } = readKey(sent.key);
  if (key === undefined) return unreadable(keyReason, keyError);
  const raw = sent.value;
  if (raw === null || raw.length === 0) {
    return unreadable(
      parkingReasons.malformed,
      `the value is ${raw === null ? 'null' : 'empty'}, not JSON`,
      key,
    );
  }
  const parsed = parseJson(raw);
  if ('error' in parsed) return unreadable(parkingReasons.malformed, parsed.error, key);
  const headers = lastOfEach(sent.headers);
  const type = headers.ce_type?.toString('utf8');
  if (type === undefined || type === '') {
    return unreadable(parkingReasons.unknownType, 'the header ce_type is missing', key);
  }
  const traceparent = headers.traceparent?.toString('latin1');
  return {
    kind: 'message',
    message: {
      topic,
      partition,
      offset: sent.offset,
      key,
      type,
      value: parsed.value,
      raw,
      headers,
      timestamp: Number(sent.timestamp),
      ...(traceparent === undefined ? {} : { traceparent }),
    },
  };
}

function unreadable(reason: string, sentence: string, key?: string): Reading {
  return { kind: 'unreadable', reason, error: new Error(sentence), ...(key !== undefined && { key }) };
}

function readKey(key: Buffer | null): { reason: string; error: string; text?: string } {
  if (key === null || key.length === 0) {
    return {
      reason: parkingReasons.keyMissing,
      error: `the message key is ${key === null ? 'null' : 'empty'}`,
    };
  }
  const { malformed } = parkingReasons;
  if (key.length > maxKeyBytes) {
    return {
      reason: malformed,
      error: `the message key has ${key.length} bytes, ${maxKeyBytes} are allowed`,
    };
  }
  if (key.includes(0)) return { reason: malformed, error: 'the message key contains a NUL byte' };
  try {
    return { reason: '', error: '', text: utf8.decode(key) };
  } catch {
    return { reason: malformed, error: 'the message key is not valid UTF-8' };
  }
}

function parseJson(raw: Buffer): { value: unknown } | { error: string } {
  let text: string;
  try {
    text = utf8.decode(raw);
  } catch {
    return { error: 'the value is not valid UTF-8' };
  }
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error: `the value is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
