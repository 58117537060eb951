import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** What a service gets to see of a browser's headers: cookies, origins and user agents are none of its business. */
const TO_THE_SERVICE = [
  'accept',
  'content-encoding',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'last-event-id',
  'prefer',
  'traceparent',
  'tracestate',
];

/** Headers of one connection, not of the message (RFC 9110, section 7.6.1). */
const OF_THE_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The headers for the service. One that came twice goes on twice: it is the service that refuses it. */
export function headersForService(request: IncomingMessage): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const name of TO_THE_SERVICE) {
    const values = request.headersDistinct[name];
    if (values !== undefined) headers[name] = values.length === 1 ? values[0] : values;
  }
  return headers;
}

/** The headers of the service's answer for the browser: all but those of the connection. */
export function headersForBrowser(answer: IncomingMessage): OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(answer.headers).filter(
      ([name, value]) => value !== undefined && !OF_THE_CONNECTION.has(name),
    ),
  );
}
