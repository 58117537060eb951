import { Injectable, type PipeTransform } from '@nestjs/common';
import { violationsOf } from '@semel/contracts';
import { z } from 'zod';
import { invalidRequest } from '../problems/problem.js';

const EmptyBody = z.strictObject({}).optional();

/** For a command that takes nothing but its path: no body or an empty object, because unknown members are refused. */
@Injectable()
export class EmptyBodyPipe implements PipeTransform<unknown, undefined> {
  transform(body: unknown): undefined {
    const { error } = EmptyBody.safeParse(body);
    if (error !== undefined) throw invalidRequest('body', violationsOf(error));
  }
}
