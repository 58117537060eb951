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

/** An answer was given in a form that can't be stored. */
export class UnstorableAnswerError extends Error {
  override readonly name = 'UnstorableAnswerError';
  readonly code = 'unstorable-answer';
  constructor(what: string) {
    super(
      `An @Idempotent() handler answered ${what}, which can't be stored and replayed. Answer a value, a string or a Buffer, or leave the route undecorated.`,
    );
  }
}

/** The bytes that a handler's value becomes, before anything is committed. */
export function answerOf(value: unknown, exchange: HttpExchange, replayHeaders: readonly string[]): Answer {
  const headers: Record<string, string> = {};
  for (const name of [...answerHeaders, ...replayHeaders]) {
    const header = exchange.responseHeader(name);
    if (header !== undefined) headers[name] = header;
  }
  const { body, type } = bytesOf(value);
  if (body && !headers['content-type']) headers['content-type'] = type;
  return { status: exchange.status, headers, ...(body && { body }) };
}

/** A value's bytes as JSON, for answers that a group handler gives. */
export function jsonAnswer(
  status: number,
  headers: Readonly<Record<string, string>>,
  value: unknown,
): Answer {
  const { body, type } = bytesOf(value);
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

function bytesOf(value: unknown): { readonly body?: Buffer; readonly type: string } {
  if (value === undefined || value === null) return { type: json };
  if (Buffer.isBuffer(value)) return { body: value, type: 'application/octet-stream' };
  if (typeof value === 'string') return { body: Buffer.from(value), type: 'text/plain; charset=utf-8' };
  if (typeof value === 'object' && isStream(value)) throw new UnstorableAnswerError('a stream');
  return { body: Buffer.from(JSON.stringify(value)), type: json };
}

function isStream(value: object): boolean {
  return (
    value instanceof StreamableFile ||
    value instanceof ReadableStream ||
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
  return /charset=utf-8|json/i.test(type)
    ? body.toString('utf8')
    : new StreamableFile(body, { type, length: body.length });
}
