/** One kind of problem: what its page tells, and the status and title that every instance of it has. */
export interface ProblemKind {
  readonly title: string;
  readonly status: number;
  /** What happened and why, for the person who reads the page. */
  readonly explanation: string;
  /** What to do about it. */
  readonly cure: string;
}

const kinds = {
  'malformed-json': {
    title: 'The body is not JSON',
    status: 400,
    explanation:
      'The body could not be read as JSON in UTF-8 (RFC 8259): a syntax error, a byte sequence that is not UTF-8, an empty body where one is needed, or a member named __proto__. Nothing was stored.',
    cure: 'Serialise the body with a JSON library and send it again. The same Idempotency-Key may be used.',
  },
  'bad-request': {
    title: 'The request is not valid HTTP',
    status: 400,
    explanation:
      'The request line, a header or the encoding of the URL is malformed, for example a % that is not followed by two hexadecimal digits. The request reached no operation.',
    cure: 'Percent-encode path segments and query values (encodeURIComponent) and send the request with an HTTP library.',
  },
  'idempotency-key-missing': {
    title: 'The Idempotency-Key header is missing',
    status: 400,
    explanation:
      'This operation changes something and must run once however often the request is sent. The service recognises a repeated request by its Idempotency-Key header, and this request has none.',
    cure: 'Make a key for each operation (a UUID will do), keep it with the operation, and send it as Idempotency-Key with the request and each of its retries.',
  },
  'idempotency-key-invalid': {
    title: 'The Idempotency-Key header is not valid',
    status: 400,
    explanation:
      'A key has 1 to 255 characters from 0x20 to 0x7E and is sent once. A value that starts with a double quote is read as a structured-field string (RFC 9651) and must be a well-formed one.',
    cure: 'Send exactly one Idempotency-Key header with a UUID or another short ASCII value.',
  },
  unauthorized: {
    title: 'A valid access token is needed',
    status: 401,
    explanation:
      'The request has no bearer token, or the token is malformed, expired, not yet valid, signed by an unknown key or with an algorithm that is not allowed, or made for another issuer or audience.',
    cure: 'Get a fresh access token and send it as Authorization: Bearer <token>. The WWW-Authenticate header names the reason.',
  },
  forbidden: {
    title: 'The token lacks a role',
    status: 403,
    explanation:
      'The token is valid, but the operation needs a role that it does not carry. Only operators may write stock.',
    cure: 'Use a token with the role operator, or ask an operator.',
  },
  'cross-site-request': {
    title: 'The request comes from another site',
    status: 403,
    explanation:
      'The console holds access tokens, so only its own page may use it. The browser said that another site, or the console under a name that it does not know, sent this request. It was not passed on.',
    cure: 'Open the console by its own address. If it has another host name in your network, list the name in CONSOLE_HOSTS.',
  },
  'not-found': {
    title: 'There is nothing here for you',
    status: 404,
    explanation:
      'No route or resource has this address, or the resource belongs to somebody else: the service does not tell which, so that nobody can probe for the orders of others.',
    cure: 'Check the method, the path and the id, and that the token is of the customer who owns the resource.',
  },
  'method-not-allowed': {
    title: 'The method is not supported',
    status: 405,
    explanation: 'The service does not serve this HTTP method.',
    cure: 'See /docs for the methods of each route.',
  },
  'request-timeout': {
    title: 'The request came too slowly',
    status: 408,
    explanation:
      'The headers or the body did not arrive in time, so the service gave the connection up. Nothing was stored.',
    cure: 'Send the request again. The same Idempotency-Key may be used.',
  },
  'operation-in-flight': {
    title: 'The first request with this key is still running',
    status: 409,
    explanation:
      'Another request with the same Idempotency-Key is being processed at this moment and has no answer yet. This request changed nothing.',
    cure: 'Send the same request again after the seconds in Retry-After, or send Prefer: wait=10 to be answered as soon as the first one is.',
  },
  'order-not-cancellable': {
    title: 'The order can no longer be cancelled',
    status: 409,
    explanation: 'A rejected order holds no stock and is at its end: there is nothing to cancel.',
    cure: 'Read the order: its rejection tells what was missing. Place a new order if you still want the goods.',
  },
  'insufficient-stock': {
    title: 'There is not enough stock',
    status: 409,
    explanation: 'The change would take the available stock of the SKU below zero. Nothing was changed.',
    cure: 'Read GET /stock/{sku} and send a smaller change with a new Idempotency-Key.',
  },
  'stock-limit-exceeded': {
    title: 'There would be too much stock',
    status: 409,
    explanation:
      'The change would take the available stock of the SKU over 1,000,000,000. Nothing was changed.',
    cure: 'Read GET /stock/{sku} and send a smaller change with a new Idempotency-Key.',
  },
  'parked-message-settled': {
    title: 'The parked message is settled already',
    status: 409,
    explanation:
      'Another decision was made about this parked message before: what was discarded is not replayed any more, and what was replayed can’t be taken back. Nothing was changed.',
    cure: 'Read GET /parked-messages/{id}: its acts tell who decided what, and when.',
  },
  'parked-message-not-replayable': {
    title: 'The parked message cannot be replayed',
    status: 409,
    explanation:
      'The message has no key, one that is not UTF-8, holds U+0000 or exceeds 255 bytes, or it has no value: no consumer takes such a message, whatever is mended.',
    cure: 'Have its sender send a proper message, and discard this one.',
  },
  'payload-too-large': {
    title: 'The body is too large',
    status: 413,
    explanation: 'A body may have at most 1 MiB (1,048,576 bytes). Nothing was stored.',
    cure: 'Send less in one request: an order has at most 100 lines. The same Idempotency-Key may be used.',
  },
  'uri-too-long': {
    title: 'The URL is too long',
    status: 414,
    explanation: 'A segment of the path is longer than any id, SKU or key can be.',
    cure: 'Check what was put into the path: keys have at most 255 characters, SKUs at most 64.',
  },
  'unsupported-media-type': {
    title: 'The body is not application/json',
    status: 415,
    explanation:
      'Bodies are JSON in UTF-8. The Content-Type of this one is missing or another. Nothing was stored.',
    cure: 'Send Content-Type: application/json. The same Idempotency-Key may be used.',
  },
  'expectation-failed': {
    title: 'The expectation cannot be met',
    status: 417,
    explanation: 'The Expect header asks for something other than 100-continue.',
    cure: 'Leave the Expect header out.',
  },
  'invalid-request': {
    title: 'The request breaks the schema',
    status: 422,
    explanation:
      'The body, a path parameter or a query parameter does not obey its schema: each violation is listed in errors, with a JSON pointer to the member. Unknown members of a body are refused, and nothing is coerced. Nothing was stored.',
    cure: 'Correct the members that errors names and send the request again. The same Idempotency-Key may be used. The schemas are at /docs.',
  },
  'idempotency-key-reused': {
    title: 'The Idempotency-Key was used for another request',
    status: 422,
    explanation:
      'A key stands for one operation. An earlier request of yours used this key with another method, path, query or body, so this one was not run. JSON bodies compare by value: the order of members and white space do not matter.',
    cure: 'Use a new key for the new operation. If this was meant to be a retry, send the body of the first request unchanged.',
  },
  'unknown-product': {
    title: 'The catalogue lacks a product',
    status: 422,
    explanation:
      'A line of the order names a SKU that the catalogue does not have. This is the answer of the operation: it is stored, and a retry with the same key gets it again.',
    cure: 'Read GET /products, correct the SKU, and send the order with a new Idempotency-Key.',
  },
  'headers-too-large': {
    title: 'The headers are too large',
    status: 431,
    explanation: 'The request line and headers together may have at most 16 KiB.',
    cure: 'Send fewer or shorter headers.',
  },
  'internal-error': {
    title: 'Something went wrong here',
    status: 500,
    explanation:
      'The service met an error that it did not expect. Nothing of the operation was kept, and its Idempotency-Key is free. The cause is in the service’s log under the trace id of the answer.',
    cure: 'Send the same request with the same key again. If it keeps failing, report the traceId of the answer.',
  },
  'service-unavailable': {
    title: 'The service cannot do this at the moment',
    status: 503,
    explanation:
      'Something that the service depends on (its database, the key set of the tokens) cannot be reached, or it is shutting down.',
    cure: 'Send the same request with the same key again after the seconds in Retry-After.',
  },
  'idempotency-unavailable': {
    title: 'The promise to run once cannot be kept at the moment',
    status: 503,
    explanation:
      'The store of idempotency keys could not be reached, or the key could not be claimed within 10 seconds. The service never runs an operation without that protection.',
    cure: 'Send the same request with the same key again after the seconds in Retry-After.',
  },
  overloaded: {
    title: 'Too many requests are waiting',
    status: 503,
    explanation: 'The queue of operations is full. This one was not started.',
    cure: 'Send the same request with the same key again after the seconds in Retry-After, with growing pauses.',
  },
} as const satisfies Record<string, ProblemKind>;

/** Every code that a service answers with: the last part of a problem's `type`. */
export type ProblemCode = keyof typeof kinds;

/** Every kind of problem by its code. */
export const problemCatalogue: Readonly<Record<ProblemCode, ProblemKind>> = kinds;

/** The kind of a code that came from outside the type system, such as a path parameter. */
export function problemKindOf(code: string): ProblemKind | undefined {
  return isProblemCode(code) ? problemCatalogue[code] : undefined;
}

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemCatalogue, code);
}
