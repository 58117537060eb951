import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { BodyProblem } from './body-problem.js';

/** Refuses a body that could not be read, for every `@Body()` whatever its own pipe. */
export class BodyPipe implements PipeTransform {
  transform(value: unknown, { type }: ArgumentMetadata): unknown {
    if (type === 'body' && value instanceof BodyProblem) throw value.problem;
    return value;
  }
}
