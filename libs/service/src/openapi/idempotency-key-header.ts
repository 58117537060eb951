import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { limits } from '@semel/contracts';
import { ProblemResponses } from './problem-responses.js';

/** Documents the `Idempotency-Key` and `Prefer` headers of a route that runs once, and the problems that come with them. */
export function IdempotencyKeyHeader(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description:
        'Names this operation: the same for each retry, another for each new operation, a UUID for instance. ' +
        'Scoped to the caller. The same key and request get the first answer again, with Idempotency-Replayed: true.',
      schema: {
        type: 'string',
        minLength: 1,
        maxLength: limits.idempotencyKeyCharacters,
        pattern: '^[\\x20-\\x7E]+$',
      },
      example: '7a1f0c1e-6f0f-4f5b-9a63-1f6a1f3b9e55',
    }),
    ApiHeader({
      name: 'Prefer',
      required: false,
      description:
        'wait=N: while the first request with the key still runs, wait at most N seconds (30 at most) for its answer.',
      schema: { type: 'string' },
      example: 'wait=10',
    }),
    ProblemResponses(
      'idempotency-key-missing',
      'idempotency-key-invalid',
      'idempotency-key-reused',
      'operation-in-flight',
      'idempotency-unavailable',
      'overloaded',
    ),
  );
}
