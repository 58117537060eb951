import { isUtf8 } from 'node:buffer';
import { StreamableFile } from '@nestjs/common';
import type { Answer, StoredAnswer } from '../operation.js';
import type { HttpExchange } from './http-exchange.js';

/** Headers that belong to the answer itself and are replayed with it. */
const answerHeaders = [
  'content-type',
  'content-language',
  'content-location',
  'location',
  'etag',
  'last-modified',
] as const;

const json = 'application/json; charset=utf-8';

/** What the adapter by itself calls a string, and another primitive: adding @Idempotent() changes no answer. */
interface PrimitiveTypes {
  readonly string: string;
  readonly other: string;
}
const onFastify: PrimitiveTypes = { string: 'text/plain; charset=utf-8', other: json };
const onExpress: PrimitiveTypes = { string: 'text/html; charset=utf-8', other: 'text/html; charset=utf-8' };

/** An answer was given in a form that can't be stored. */
export class UnstorableAnswerError extends Error {
  override readonly name = 'UnstorableAnswerError';
  readonly code = 'unstorable-answer';
  /** @param handler its name, where it is known before it has answered */
  constructor(what: string, handler?: string) {
    const who =
      handler === undefined ? 'An @Idempotent() handler answered' : `${handler} is @Idempotent() and answers`;
    super(
      `${who} ${what}, which can't be stored and replayed. Answer a value, a string or a Buffer, or leave the route undecorated.`,
    );
  }
}

/** The bytes that a handler's value becomes, before anything is committed. */
export function answerOf(value: unknown, exchange: HttpExchange, replayHeaders: readonly string[]): Answer {
  const headers: Record<string, string> = {};
  for (const name of [...answerHeaders, ...replayHeaders]) {
    const header = exchange.responseHeader(name);
    if (header !== undefined) headers[name.toLowerCase()] = header;
  }
  const { body, type } = bytesOf(value, exchange.isExpress ? onExpress : onFastify);
  if (body && !headers['content-type']) headers['content-type'] = type;
  return { status: exchange.status, headers, ...(body && { body }) };
}

/** A value's bytes as JSON, for answers that a group handler gives. */
export function jsonAnswer(
  status: number,
  headers: Readonly<Record<string, string>>,
  value: unknown,
): Answer {
  const { body, type } = bytesOf(value, onFastify);
  return {
    status,
    headers: { ...(body && { 'content-type': type }), ...lowerCased(headers) },
    ...(body && { body }),
  };
}

/** @throws UnstorableAnswerError for a body of more than `most` bytes, while nothing is committed yet */
export function limited(answer: Answer, most: number): Answer {
  const size = answer.body?.length ?? 0;
  if (size > most) throw new UnstorableAnswerError(`${size} bytes (maxAnswerBytes is ${most})`);
  return answer;
}

function bytesOf(value: unknown, types: PrimitiveTypes): { readonly body?: Buffer; readonly type: string } {
  if (value === undefined || value === null) return { type: json };
  if (Buffer.isBuffer(value)) return { body: value, type: 'application/octet-stream' };
  if (typeof value === 'string') return { body: Buffer.from(value), type: types.string };
  if (typeof value === 'object' && isStream(value)) throw new UnstorableAnswerError('a stream');
  const written = JSON.stringify(value);
  if (written === undefined) throw new UnstorableAnswerError(`a ${typeof value}`);
  return { body: Buffer.from(written), type: typeof value === 'object' ? json : types.other };
}

function isStream(value: object): boolean {
  return (
    value instanceof StreamableFile ||
    value instanceof ReadableStream ||
    value instanceof Response ||
    ('pipe' in value && typeof value.pipe === 'function') ||
    Symbol.asyncIterator in value
  );
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/**
 * Puts a stored answer on the response, first time and replay alike, so that both are the same bytes.
 *
 * @returns what the interceptor hands to Nest
 */
export function sendAnswer(answer: StoredAnswer, replayed: boolean, exchange: HttpExchange): unknown {
  exchange.status = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) exchange.setHeader(name, value);
  exchange.setHeader('Idempotency-Status', 'Processed');
  exchange.setHeader('Idempotency-Expires', answer.expiresAt.toUTCString());
  if (replayed) exchange.setHeader('Idempotency-Replayed', 'true');
  const { body } = answer;
  if (!body) return undefined;
  if (!exchange.isExpress) return body;
  // Nest's Express adapter would turn a Buffer into JSON.
  const type = answer.headers?.['content-type'] ?? '';
  return /charset=utf-8|json/i.test(type) && isUtf8(body)
    ? body.toString('utf8')
    : new StreamableFile(body, { type, length: body.length });
}
