import type { PipeTransform } from '@nestjs/common';
import { violationsOf } from '@semel/contracts';
import type { z } from 'zod';
import { BodyProblem } from '../http/body-problem.js';
import { invalidRequest, Problem } from '../problems/problem.js';

/** Validates a part of the request. A violation is 422 `invalid-request`; a body that is none at all is refused first. */
export class ZodPipe<Schema extends z.ZodType> implements PipeTransform<unknown, z.output<Schema>> {
  constructor(
    private readonly schema: Schema,
    private readonly part: 'body' | 'query' | 'path',
  ) {}

  transform(value: unknown): z.output<Schema> {
    if (value instanceof BodyProblem) throw value.problem;
    if (value === undefined && this.part === 'body') {
      throw new Problem(
        'malformed-json',
        'The request has no body: send one of JSON with Content-Type: application/json.',
      );
    }
    const parsed = this.schema.safeParse(value);
    if (!parsed.success) throw invalidRequest(this.part, violationsOf(parsed.error));
    return parsed.data;
  }
}
