import { HttpException } from '@nestjs/common';
import { IdempotencyUnavailableError, OverloadedError } from '../errors.js';
import { isTransient } from '../sqlstate.js';
import type { HttpExchange } from './http-exchange.js';

/**
 * A refusal by the idempotency layer itself. Its response has the members of a problem (RFC 9457, section 3.1), `type`
 * aside: `code`, `title`, `status`, `detail`.
 */
export class IdempotencyRejection extends HttpException {
  constructor(
    readonly code: string,
    status: number,
    title: string,
    detail: string,
    members: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super({ code, title, status, detail, ...members }, status, options);
  }
}

export function keyMissing(source: string): IdempotencyRejection {
  return new IdempotencyRejection(
    'idempotency-key-missing',
    400,
    'Idempotency-Key is missing',
    `This request needs ${source}: a value that is new for each operation and the same for each of its retries.`,
  );
}

export function keyInvalid(source: string, why: string): IdempotencyRejection {
  return new IdempotencyRejection(
    'idempotency-key-invalid',
    400,
    'Idempotency-Key is invalid',
    `What ${source} holds can't be used as a key: ${why}.`,
  );
}

export function keyReused(): IdempotencyRejection {
  return new IdempotencyRejection(
    'idempotency-key-reused',
    422,
    'Idempotency-Key was used for another request',
    'This key stands for a request with another method, path, query or body. Use a new key for a new request.',
  );
}

/** Seconds after which a retry is worth a try. */
const retryAfter = '1';

export function operationInFlight(exchange: HttpExchange): IdempotencyRejection {
  exchange.setHeader('Retry-After', retryAfter);
  exchange.setHeader('Idempotency-Status', 'Received');
  return new IdempotencyRejection(
    'operation-in-flight',
    409,
    'The operation is still being executed',
    'A request with this key was received and is not finished. Retry after a moment, or send Prefer: wait=N.',
    { idempotencyStatus: 'Received' },
  );
}

/** What a failed operation is told to the client: unavailable where trying again may help, else the error itself. */
export function failureOf(error: Error, exchange: HttpExchange, leased = false): Error {
  if (error instanceof HttpException || !isTransient(error)) return error;
  exchange.setHeader('Retry-After', retryAfter);
  if (error instanceof OverloadedError) {
    return new IdempotencyRejection(
      'overloaded',
      503,
      'Too many operations',
      error.message,
      {},
      { cause: error },
    );
  }
  return new IdempotencyRejection(
    'idempotency-unavailable',
    503,
    'The operation could not be protected',
    detailOf(error, leased),
    {},
    { cause: error },
  );
}

function detailOf(error: Error, leased: boolean): string {
  if (leased)
    return 'The operation could not be finished. Retry with the same key: it continues where it stopped.';
  return error instanceof IdempotencyUnavailableError
    ? 'The idempotency store could not be used, so nothing was executed unprotected. Retry with the same key.'
    : 'The database failed and nothing of the operation was stored. Retry with the same key.';
}
