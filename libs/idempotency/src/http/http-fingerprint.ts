import { types } from 'node:util';
import { IdempotencyOptionsError } from '../errors.js';
import { bodyPart, fingerprintOf } from '../fingerprint.js';
import { lengthPrefixed } from '../identity.js';
import type { HttpExchange, HttpRequest } from './http-exchange.js';

export interface FingerprintedRequest {
  readonly scope: string;
  readonly exchange: Pick<HttpExchange, 'request' | 'target' | 'header'>;
  /** What tells two routes of one method and path apart: the version of one that is chosen by a header. */
  readonly version?: string | undefined;
  /** Stands for query and body where a route compares something else. */
  readonly replacement?: ((request: HttpRequest) => unknown) | undefined;
}

/**
 * What makes two HTTP requests the same: caller, method, path with its parameters, the route's version, query and body.
 * Percent-encoding does not matter, nor does the order of different query parameters; JSON bodies compare by value.
 *
 * @throws IdempotencyOptionsError for a replacement that is no JSON value
 */
export function httpFingerprint({ scope, exchange, version, replacement }: FingerprintedRequest): string {
  const { path, query } = exchange.target;
  const { request } = exchange;
  const compared = replacement
    ? [bodyPart(Buffer.from(comparable(replacement(request))), true)]
    : [queryPart(query), requestBody(exchange)];
  const route = version === undefined ? [] : [version];
  return fingerprintOf([scope, request.method, pathPart(path), ...compared, ...route]);
}

function comparable(value: unknown): string {
  return JSON.stringify(value, refuseIncomparable) ?? '';
}

/** JSON writes these as {} or null: two different requests would compare as equal. */
function refuseIncomparable(this: unknown, _name: string, value: unknown): unknown {
  const isOpaque =
    typeof value === 'object' &&
    (types.isPromise(value) || types.isMap(value) || types.isSet(value) || types.isRegExp(value));
  if (isOpaque || ['bigint', 'function', 'symbol'].includes(typeof value)) {
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    throw new IdempotencyOptionsError('fingerprint', kind, 'answer a JSON value, not a promise of one.');
  }
  return value;
}

function requestBody(exchange: FingerprintedRequest['exchange']): string | Buffer {
  const { request } = exchange;
  const type = String(request.headers['content-type'] ?? 'json');
  if (request.rawBody) return bodyPart(request.rawBody, /\bjson\b/i.test(type));
  const digest = exchange.header('content-digest') ?? exchange.header('repr-digest');
  if (digest !== undefined) return `digest ${digest}`;
  // Neither bytes nor a digest: what the parser made of it has to do, and for an upload, whose files it leaves out, its length.
  const length = /\bjson\b/i.test(type) ? '' : (exchange.header('content-length') ?? '');
  const parsed = request.body === undefined || request.body === null ? '' : JSON.stringify(request.body);
  return length === '' && parsed === ''
    ? ''
    : lengthPrefixed([length, String(bodyPart(Buffer.from(parsed), true))]);
}

function pathPart(path: string): string {
  return lengthPrefixed(path.split('/').map(decode));
}

function queryPart(query: string): string {
  if (query === '') return '';
  const parameters = query
    .split('&')
    .filter((parameter) => parameter !== '')
    .map((parameter) => {
      const [name = '', ...value] = parameter.replaceAll('+', ' ').split('=');
      return [decode(name), decode(value.join('='))] as const;
    });
  // A stable sort by name: the order of a parameter's own values does matter.
  parameters.sort(([left], [right]) => (left < right ? -1 : Number(left > right)));
  return lengthPrefixed(parameters.flat());
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not percent-encoded UTF-8: compared as it was sent.
    return segment;
  }
}
