import { All, Controller, Inject, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Passage } from '../gateway/passage.js';
import { SameOriginGuard } from '../gateway/same-origin.guard.js';
import type { Upstream } from '../gateway/upstream.js';

export const CONTROL = Symbol('the control of the stack');

/** The control of a demonstration's stack, on the console's own origin. Elsewhere this controller does not exist. */
@Controller('api')
@UseGuards(SameOriginGuard)
export class DemoController {
  constructor(
    @Inject(CONTROL) private readonly control: Upstream,
    @Inject(Passage) private readonly passage: Passage,
  ) {}

  @All('demo/*')
  demo(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passage.pass(this.control, '/api/demo', request, reply);
  }
}
