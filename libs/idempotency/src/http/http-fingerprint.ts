import { bodyPart, fingerprintOf } from '../fingerprint.js';
import { lengthPrefixed } from '../identity.js';
import type { HttpExchange, HttpRequest } from './http-exchange.js';

/**
 * What makes two HTTP requests the same: caller, method, path with its parameters, query and body. Percent-encoding of
 * the path does not matter, nor does the order of different query parameters; JSON bodies compare by value.
 *
 * @param replacement stands for query and body where a route compares something else
 */
export function httpFingerprint(
  scope: string,
  exchange: HttpExchange,
  replacement?: (request: HttpRequest) => unknown,
): string {
  const { path, query } = exchange.target;
  const { request } = exchange;
  if (replacement) {
    const value = JSON.stringify(replacement(request)) ?? '';
    return fingerprintOf([scope, request.method, pathPart(path), bodyPart(Buffer.from(value), true)]);
  }
  return fingerprintOf([
    scope,
    exchange.request.method,
    pathPart(path),
    queryPart(query),
    requestBody(exchange),
  ]);
}

function requestBody({ request }: HttpExchange): string | Buffer {
  const type = request.headers['content-type'];
  if (request.rawBody) return bodyPart(request.rawBody, type === undefined || /\bjson\b/i.test(String(type)));
  if (request.body === undefined || request.body === null) return '';
  // Without the raw bytes the parsed body has to do; big numbers are then what the parser made of them.
  return bodyPart(Buffer.from(JSON.stringify(request.body)), true);
}

function pathPart(path: string): string {
  return lengthPrefixed(path.split('/').map(decode));
}

function queryPart(query: string): string {
  const parameters = [...new URLSearchParams(query)];
  // A stable sort by name: the order of a parameter's own values does matter.
  parameters.sort(([left], [right]) => (left < right ? -1 : Number(left > right)));
  return lengthPrefixed(parameters.flat());
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not percent-encoded UTF-8: compared as it was sent.
    return segment;
  }
}
